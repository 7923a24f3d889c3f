import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import type { PublicKeyAlgorithm } from './algorithm.ts';
import { type BadKey, bad } from './bad-key.ts';

/** A public key as a JWK (RFC 7517) says it. */
export interface ReadJwk {
  readonly kind: 'publicKey';
  readonly key: KeyObject;
  /** Algorithms that the JWK may be used with: one if it says so in `alg` or by its curve, two for RSA without `alg`. */
  readonly algorithms: readonly PublicKeyAlgorithm[];
}

/** `alg` of RFC 7518, RFC 8037 and RFC 9864, and the names that HTTP signatures have for the same. */
const OF_ALG: ReadonlyMap<unknown, PublicKeyAlgorithm> = new Map<unknown, PublicKeyAlgorithm>([
  ['EdDSA', 'ed25519'],
  ['Ed25519', 'ed25519'],
  ['ed25519', 'ed25519'],
  ['ES256', 'ecdsa-p256-sha256'],
  ['ecdsa-p256-sha256', 'ecdsa-p256-sha256'],
  ['ES384', 'ecdsa-p384-sha384'],
  ['ecdsa-p384-sha384', 'ecdsa-p384-sha384'],
  ['PS512', 'rsa-pss-sha512'],
  ['rsa-pss-sha512', 'rsa-pss-sha512'],
  ['RS256', 'rsa-v1_5-sha256'],
  ['rsa-v1_5-sha256', 'rsa-v1_5-sha256'],
]);

const OF_TYPE: ReadonlyMap<string, readonly PublicKeyAlgorithm[]> = new Map<
  string,
  readonly PublicKeyAlgorithm[]
>([
  ['OKP Ed25519', ['ed25519']],
  ['EC P-256', ['ecdsa-p256-sha256']],
  ['EC P-384', ['ecdsa-p384-sha384']],
  ['RSA', ['rsa-pss-sha512', 'rsa-v1_5-sha256']],
]);

/** Members that only the JWK of a private key has (RFC 7518 section 6). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth'];
const NUMBER = /^[A-Za-z0-9_-]+$/;

type Members = Readonly<Record<string, unknown>>;

/** Reads a parsed JWK strictly: public, for signatures, and of a type that its own `alg` fits. Never throws. */
export function readJwk(jwk: unknown): ReadJwk | BadKey {
  if (!isObject(jwk)) return bad('PM6101', 'a JWK, which is a JSON object', 'another JSON value');
  if (jwk['kty'] === 'oct') return bad('PM6103', 'a JWK of a public key', 'a symmetric key');
  if (PRIVATE.some((member) => Object.hasOwn(jwk, member))) {
    return bad('PM6102', 'the JWK of a public key', 'a private key', `leave out ${PRIVATE.join(', ')}`);
  }
  const misuse = misuseOf(jwk);
  if (misuse !== undefined) return misuse;
  const type = typeof jwk['crv'] === 'string' ? `${text(jwk['kty'])} ${jwk['crv']}` : text(jwk['kty']);
  const fitting = OF_TYPE.get(type);
  if (fitting === undefined) {
    return bad('PM6103', `a JWK of type ${[...OF_TYPE.keys()].join(', ')}`, 'another type or curve');
  }
  return withKey(jwk, narrowed(jwk['alg'], fitting));
}

function withKey(jwk: Members, algorithms: readonly PublicKeyAlgorithm[]): ReadJwk | BadKey {
  if (algorithms.length === 0) {
    return bad('PM6103', 'an alg that Paymesh verifies and that fits the type of the key', 'another alg');
  }
  const { kty, crv, x, y, n, e } = jwk;
  const numbers = [x, y, n, e].filter((value) => value !== undefined);
  if (!numbers.every((value) => typeof value === 'string' && NUMBER.test(value))) {
    return bad('PM6101', 'numbers in base64url without padding', 'another spelling');
  }
  try {
    const members = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
    const key = createPublicKey({ key: Object.fromEntries(members) as JsonWebKey, format: 'jwk' });
    return { kind: 'publicKey', key, algorithms };
  } catch {
    // What OpenSSL says of a key that is none is not for people.
    return bad('PM6101', 'a JWK of a public key', 'members that make no key');
  }
}

function misuseOf(jwk: Members): BadKey | undefined {
  const { use, key_ops: operations } = jwk;
  if (use !== undefined && use !== 'sig') return bad('PM6103', 'a JWK whose use is sig', 'another use');
  if (operations === undefined) return undefined;
  if (Array.isArray(operations) && operations.includes('verify')) return undefined;
  return bad('PM6103', 'a JWK whose key_ops include verify', 'other key_ops');
}

function narrowed(alg: unknown, fitting: readonly PublicKeyAlgorithm[]): readonly PublicKeyAlgorithm[] {
  return alg === undefined ? fitting : fitting.filter((algorithm) => algorithm === OF_ALG.get(alg));
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
