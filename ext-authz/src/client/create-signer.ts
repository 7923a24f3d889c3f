import { randomBytes } from 'node:crypto';

import { type Clock, systemClock } from '@paymesh/common/clock';

import {
  type HeaderPair,
  type PrivateSigningKey,
  type SignContext,
  type SignProfile,
  signAny,
} from '../signature/index.ts';
import { type ClientProfile, withDefaults } from './client-profile.ts';
import { type ClientRequest, type PlainRequest, plainRequest } from './client-request.ts';
import { SigningError } from './signing-error.ts';

/** A scheme with its options, a key, and where time and nonces come from. */
export type SignerOptions = ClientProfile & {
  /** From `loadPrivateKey`. */
  readonly key: PrivateSigningKey;
  /** Default: the clock of this machine. */
  readonly clock?: Clock;
  /** So many bytes that nobody can guess. Default: the system's. */
  readonly random?: (size: number) => Uint8Array;
};

/** What to send, byte for byte. */
export interface ReadyRequest {
  readonly method: string;
  readonly url: string;
  /** Those of the request and of the signature; a name stands once unless the request had it more often. */
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
  /** The text that was signed, to compare with the other side's. */
  readonly base: Uint8Array;
}

/** Signs requests with one key in one scheme. */
export interface RequestSigner {
  /** With the time of now and a nonce of its own: never send what it gives twice. Throws SigningError. */
  sign(request: ClientRequest): ReadyRequest;
}

const NONCE_BYTES = 18;

/** Makes a signer for one scheme and key. */
export function createSigner(options: SignerOptions): RequestSigner {
  const { key, clock = systemClock, random = randomBytes, ...rest } = options;
  const profile = withDefaults(rest);
  return {
    sign: (request) => {
      const nonce = Buffer.from(random(NONCE_BYTES)).toString('base64url');
      return signPlain(plainRequest(request), profile, { key, nowMs: clock.now(), nonce });
    },
  };
}

function signPlain(request: PlainRequest, profile: SignProfile, context: SignContext): ReadyRequest {
  try {
    const signed = signAny(request, profile, context);
    const { method, scheme, authority } = request;
    const replaced = new Set(signed.headers.map(([name]) => name.toLowerCase()));
    const kept = request.headers.filter(([name]) => !replaced.has(name.toLowerCase()));
    return {
      method,
      url: `${scheme}://${authority}${signed.target ?? request.target}`,
      headers: [...kept, ...signed.headers],
      body: signed.body ?? request.body,
      base: signed.base,
    };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'the scheme cannot sign it';
    throw new SigningError('cannot_sign', why, { cause });
  }
}
