import { timingSafeEqual } from 'node:crypto';

import { ACCESS_FORMS, ACCESS_TOKEN_TYPES, type JwtSpec } from '@paymesh/common/policy';
import { errors, type JWTHeaderParameters, type JWTPayload, jwtVerify } from 'jose';

import type { DenialReason } from '../decision/index.ts';
import type { Message } from '../message/index.ts';
import type { Caller } from './caller.ts';
import { findToken } from './find-token.ts';
import type { TokenKeys } from './token-keys.ts';

/** What a token says, as JSON gave it: read own members only. */
export type Claims = Readonly<Record<string, unknown>>;

export type VerifiedToken =
  | { readonly kind: 'verified'; readonly claims: Claims; readonly subject: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: DenialReason };

/** Verifies the token of a request for the caller that brought it. */
export type VerifyToken = (message: Message, caller: Caller, nowMs: number) => Promise<VerifiedToken>;

const SUBJECT = new RegExp(`^${ACCESS_FORMS.subject}$`);
const MS_PER_SECOND = 1_000;

/** By one policy: its issuer, audiences, algorithms and keys, and nothing that the token says of them. */
export function createVerifyToken(spec: JwtSpec, keys: TokenKeys): VerifyToken {
  return async (message, caller, nowMs) => {
    const found = findToken(message, spec.header);
    if (found.kind === 'malformed') return refused('malformed_token');
    if (found.kind === 'absent') return spec.required ? refused('missing_identity') : { kind: 'none' };
    const finder = await keys.find(kidOf(found.token), nowMs);
    if (finder === 'unavailable') return refused('identity_unavailable');
    return verifyWithAny(found.token, finder, options(spec, nowMs)).then(
      ({ payload, protectedHeader }) => judge(spec, caller, payload, protectedHeader),
      refusal,
    );
  };
}

function refusal(error: unknown): VerifiedToken {
  if (error instanceof errors.JWTExpired) return refused('expired_token');
  if (error instanceof errors.JOSEError) return refused('bad_token');
  throw error;
}

type Finder = Exclude<Awaited<ReturnType<TokenKeys['find']>>, 'unavailable'>;
type Options = NonNullable<Parameters<typeof jwtVerify>[2]>;

function options({ issuer, audiences, algorithms, clockSkewMs, maxAgeMs }: JwtSpec, nowMs: number): Options {
  return {
    issuer,
    audience: [...audiences],
    algorithms: [...algorithms],
    requiredClaims: ['exp'],
    clockTolerance: clockSkewMs / MS_PER_SECOND,
    currentDate: new Date(nowMs),
    ...(maxAgeMs === undefined ? {} : { maxTokenAge: maxAgeMs / MS_PER_SECOND }),
  };
}

/** A token without a kid is good if one of the keys verifies it; there are at most as many as a JWKS may hold. */
async function verifyWithAny(token: string, finder: Finder, verify: Options) {
  try {
    return await jwtVerify(token, finder, verify);
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, verify);
      } catch (other) {
        if (!(other instanceof errors.JWSSignatureVerificationFailed)) throw other;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

function judge(
  { cnf }: JwtSpec,
  caller: Caller,
  payload: JWTPayload,
  { crit, typ }: JWTHeaderParameters,
): VerifiedToken {
  // No extension is understood here, so none may be critical (RFC 7515 section 4.1.11).
  if (crit !== undefined) return refused('bad_token');
  if (typ !== undefined && !isAccessType(typ)) return refused('bad_token');
  const subject: unknown = payload.sub ?? '';
  if (typeof subject !== 'string' || (payload.sub !== undefined && !SUBJECT.test(subject)))
    return refused('bad_token');
  if (cnf === 'Required' && !isBound(payload, caller)) return refused('unbound_token');
  return { kind: 'verified', claims: payload, subject };
}

function isAccessType(typ: unknown): boolean {
  return typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(typ.toLowerCase());
}

/** RFC 8705 section 3.1: the token is for whoever holds the key of this certificate. */
function isBound({ cnf }: JWTPayload, { thumbprint }: Caller): boolean {
  if (thumbprint === undefined || typeof cnf !== 'object' || cnf === null) return false;
  const named: unknown = Object.hasOwn(cnf, 'x5t#S256') ? Reflect.get(cnf, 'x5t#S256') : undefined;
  if (typeof named !== 'string') return false;
  const [a, b] = [Buffer.from(named), Buffer.from(thumbprint)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** The kid chooses whether keys are asked for again; jose reads it once more, and strictly. */
function kidOf(token: string): string | undefined {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.', 1)[0] ?? '', 'base64url').toString());
    const kid: unknown =
      typeof header === 'object' && header !== null ? Reflect.get(header, 'kid') : undefined;
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    // jose refuses such a token.
    return undefined;
  }
}

function refused(reason: DenialReason): VerifiedToken {
  return { kind: 'refused', reason };
}
