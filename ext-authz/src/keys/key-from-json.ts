import { algorithmOf } from './algorithm.ts';
import { sentenceOf } from './bad-key.ts';
import type { SigningKey } from './key-ring.ts';
import { type KeyTerms, type MadeKey, publicSigningKey, secretSigningKey } from './make-signing-key.ts';
import { isObject } from './read-jwk.ts';
import { readJwkKey, readPemKey } from './read-public-key.ts';

/** A key of JSON, or a sentence of why not that repeats nothing of its material. */
export type KeyFromJson =
  | { readonly kind: 'key'; readonly key: SigningKey }
  | { readonly kind: 'bad'; readonly why: string };

const MAX_ID = 256;
const MATERIALS = ['pem', 'jwk', 'secret'] as const;

/**
 * Reads `{id, alg, pem | jwk | secret, notBefore?, notAfter?, revoked?}`: the secret in base64 (or a JWK of type oct),
 * dates in Unix seconds, inclusive. Held to the same
 * strength as the keys of a KeySet, but for secrets of equal bytes: examples have them. Never throws.
 */
export function keyFromJson(json: unknown, owner: string): KeyFromJson {
  if (!isObject(json)) return refused('expected a JSON object');
  const { id, alg, notBefore, notAfter, revoked = false } = json;
  if (typeof id !== 'string' || id === '' || id.length > MAX_ID) {
    return refused(`expected an id of 1 to ${MAX_ID} characters`);
  }
  if (!isSeconds(notBefore) || !isSeconds(notAfter)) return refused('expected dates in Unix seconds');
  if (typeof revoked !== 'boolean') return refused('expected revoked to be true or false');
  const made = makeKey(json, alg, {
    id,
    owner,
    ...(notBefore === undefined ? {} : { notBeforeMs: notBefore * 1_000 }),
    ...(notAfter === undefined ? {} : { notAfterMs: notAfter * 1_000 }),
    isRevoked: revoked,
  });
  if (typeof made === 'string') return refused(made);
  return made.kind === 'bad' ? refused(sentenceOf(made)) : made;
}

function makeKey(json: Readonly<Record<string, unknown>>, alg: unknown, terms: KeyTerms): MadeKey | string {
  const algorithm = typeof alg === 'string' ? algorithmOf(alg) : undefined;
  if (algorithm === undefined) return 'expected alg to be one of those that Paymesh verifies';
  const given = MATERIALS.filter((name) => json[name] !== undefined);
  if (given.length !== 1) return `expected exactly one of ${MATERIALS.join(', ')}`;
  const { pem, jwk, secret } = json;
  if (algorithm === 'hmac-sha256') {
    const text = secret ?? secretOfJwk(jwk);
    return typeof text === 'string'
      ? secretSigningKey(terms, { text, mayBeDummy: true })
      : 'expected secret: base64 text';
  }
  if (secret !== undefined) return `expected pem or jwk, for alg is ${algorithm}`;
  if (pem === undefined) return publicSigningKey(terms, readJwkKey(jwk, algorithm));
  return typeof pem === 'string'
    ? publicSigningKey(terms, readPemKey(pem, algorithm))
    : 'expected pem to be text';
}

/** The secret of a JWK of type oct (RFC 7518 section 6.4), in base64. */
function secretOfJwk(jwk: unknown): string | undefined {
  if (!isObject(jwk) || jwk['kty'] !== 'oct' || typeof jwk['k'] !== 'string') return undefined;
  if (!/^[A-Za-z0-9_-]+$/.test(jwk['k'])) return undefined;
  return Buffer.from(jwk['k'], 'base64url').toString('base64');
}

function isSeconds(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function refused(why: string): KeyFromJson {
  return { kind: 'bad', why };
}
