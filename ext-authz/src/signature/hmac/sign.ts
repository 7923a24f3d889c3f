import { createSecretKey } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

import { signBytes } from '../crypto/index.ts';
import type { HmacProfile } from '../profile.ts';
import type { HeaderPair, Signer } from '../signer.ts';
import { canonicalText } from './canonical.ts';

const MS_PER_SECOND = 1_000;

/** Adds the four headers of the profile. A header that the profile signs must be among those of the request. */
export const signHmac: Signer<HmacProfile> = (request, { headers, signedHeaders }, { key, nowMs, nonce }) => {
  const timestamp = String(Math.floor(nowMs / MS_PER_SECOND));
  const values = signedHeaders.map((name) => [name, headerValue(request.headers, name)] as const);
  const { method, target, body } = request;
  const base = Buffer.from(
    canonicalText({ method, target, timestamp, nonce, body, headers: values }),
    'latin1',
  );
  return {
    headers: [
      [headers.keyId, key.id],
      [headers.timestamp, timestamp],
      [headers.nonce, nonce],
      [headers.signature, signBytes(key, base).toString('base64')],
    ],
    base,
  };
};

function headerValue(headers: readonly HeaderPair[], name: string): string {
  const found = headers.filter(([other]) => other.toLowerCase() === name);
  const [line] = found;
  if (line === undefined || found.length > 1)
    throw new Error(`the request must have one header ${name} to sign`);
  return line[1];
}

export interface SignRequest {
  readonly method: string;
  /** Path with query, exactly as it will be sent. */
  readonly target: string;
  /** Bytes to send; text is taken as UTF-8. Default: no body. */
  readonly body?: Uint8Array | string | undefined;
  readonly keyId: string;
  readonly secret: Secret | Uint8Array;
  /** Unix seconds. */
  readonly timestamp: number | string;
  /** 16 to 128 of [A-Za-z0-9_-], never used before with this key. */
  readonly nonce: string;
  /** Further headers that the policy covers, in the policy's order. Default none. */
  readonly extraHeaders?: readonly (readonly [name: string, value: string])[];
  /** Where a policy renames the four headers. */
  readonly headerNames?: Partial<CredentialHeaders>;
}

/** Names of the headers that carry a signature. */
export interface CredentialHeaders {
  readonly keyId: string;
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: string;
}

/** The names a policy has unless it says otherwise. */
const DEFAULT_HEADERS: CredentialHeaders = {
  keyId: 'X-Key-Id',
  timestamp: 'X-Timestamp',
  nonce: 'X-Nonce',
  signature: 'X-Signature',
};

/** The headers to send with a request so that it verifies; the extra headers are among them. Pure. */
export function signRequest(request: SignRequest): Record<string, string> {
  const { keyId, nonce, extraHeaders = [] } = request;
  const timestamp = String(request.timestamp);
  const parts = {
    method: request.method,
    target: request.target,
    timestamp,
    nonce,
    body: bytesOf(request.body ?? ''),
    headers: extraHeaders.map(([name, value]) => [name.toLowerCase(), value] as const),
  };
  const secret = request.secret instanceof Uint8Array ? request.secret : request.secret.reveal();
  const bound = { algorithm: 'hmac-sha256', key: createSecretKey(secret) } as const;
  const names = { ...DEFAULT_HEADERS, ...request.headerNames };
  return {
    [names.keyId]: keyId,
    [names.timestamp]: timestamp,
    [names.nonce]: nonce,
    [names.signature]: signBytes(bound, Buffer.from(canonicalText(parts), 'utf8')).toString('base64'),
    ...Object.fromEntries(extraHeaders),
  };
}

function bytesOf(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
}
