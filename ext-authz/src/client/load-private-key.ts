import { createPrivateKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';

import type { Algorithm } from '../keys/index.ts';
import type { PrivateSigningKey } from '../signature/index.ts';
import { SigningError } from './signing-error.ts';

/** Where a key to sign with comes from: exactly one of `pem`, `jwk` and `secret`. */
export interface PrivateKeySource {
  /** Name under which the other side knows the key: key id, serial, access key id. */
  readonly id: string;
  /** Whom the key signs for, where a message names it beside the key: an mchid, an app_id. */
  readonly account?: string | undefined;
  readonly algorithm: Algorithm;
  /** PKCS#8, PKCS#1 or SEC1, not encrypted. */
  readonly pem?: string;
  readonly jwk?: JsonWebKey;
  /** For hmac-sha256: base64 text, or the bytes themselves. */
  readonly secret?: string | Uint8Array;
}

const MIN_SECRET_BYTES = 16;
const MIN_RSA_BITS = 2_048;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Reads a key once, for `createSigner`. Throws SigningError `bad_key` on one that is not private, too weak or of another algorithm. */
export function loadPrivateKey({ id, account, algorithm, ...source }: PrivateKeySource): PrivateSigningKey {
  const given = [source.pem, source.jwk, source.secret].filter((each) => each !== undefined);
  if (given.length !== 1) throw bad('give exactly one of pem, jwk and secret');
  const key = algorithm === 'hmac-sha256' ? readSecret(source) : readPrivate(source);
  if (!isOf(algorithm, key)) throw bad(`key "${id}" is not a strong enough key for ${algorithm}`);
  return { id, account, algorithm, key };
}

type Material = Pick<PrivateKeySource, 'pem' | 'jwk' | 'secret'>;

function readSecret({ jwk, secret }: Material): KeyObject {
  if (jwk?.kty === 'oct' && typeof jwk.k === 'string')
    return createSecretKey(Buffer.from(jwk.k, 'base64url'));
  if (secret === undefined) throw bad('hmac-sha256 needs a secret, or a jwk of type oct');
  if (typeof secret !== 'string') return createSecretKey(secret);
  if (!BASE64.test(secret))
    throw bad('a secret given as text must be padded base64; give other text as bytes');
  return createSecretKey(Buffer.from(secret, 'base64'));
}

function readPrivate({ pem, jwk }: Material): KeyObject {
  try {
    if (pem !== undefined) return createPrivateKey(pem);
    if (jwk !== undefined) return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch (cause) {
    throw bad('the text is not a private key that can be read', { cause });
  }
  throw bad('a secret signs with hmac-sha256 only');
}

function isOf(algorithm: Algorithm, key: KeyObject): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  switch (algorithm) {
    case 'hmac-sha256':
      return (key.symmetricKeySize ?? 0) >= MIN_SECRET_BYTES;
    case 'ed25519':
      return type === 'ed25519';
    case 'ecdsa-p256-sha256':
      return type === 'ec' && details?.namedCurve === 'prime256v1';
    case 'ecdsa-p384-sha384':
      return type === 'ec' && details?.namedCurve === 'secp384r1';
    case 'rsa-pss-sha512':
      return (type === 'rsa' || type === 'rsa-pss') && (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
    case 'rsa-v1_5-sha256':
      return type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS;
  }
}

function bad(message: string, options?: ErrorOptions): SigningError {
  return new SigningError('bad_key', message, options);
}
