import {
  constants,
  createHmac,
  generateKeyPairSync,
  generateKeySync,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto';

import type { Algorithm } from '../../keys/index.ts';
import { once } from '../once.ts';
import { textMac } from './text-mac.ts';

/** Key material with the one algorithm that it is used for. */
export interface BoundKey {
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

/** Lengths that RFC 9421 section 3.3 and RFC 8032 fix, in bytes; RSA signatures are as long as the modulus. */
const FIXED_LENGTH: Readonly<Partial<Record<Algorithm, number>>> = {
  'hmac-sha256': 32,
  ed25519: 64,
  'ecdsa-p256-sha256': 64,
  'ecdsa-p384-sha384': 96,
};
const PSS_SALT_BYTES = 64;

/**
 * True only when the signature is that of the bytes under the key and its algorithm (RFC 9421 section 3.3). All
 * parameters are fixed here: none comes from the message. Never throws.
 */
export function verifyBytes(bound: BoundKey, signed: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== lengthOf(bound)) return false;
  try {
    return isSignature(bound, signed, signature);
  } catch {
    // OpenSSL refuses some malformed signatures with an error instead of an answer: they prove nothing.
    return false;
  }
}

/** The same over a short text of characters up to U+00FF, each one byte. */
export function verifyText(bound: BoundKey, signed: string, signature: Uint8Array): boolean {
  if (bound.algorithm !== 'hmac-sha256') return verifyBytes(bound, Buffer.from(signed, 'latin1'), signature);
  if (signature.length !== lengthOf(bound) || bound.key.type !== 'secret') return false;
  return timingSafeEqual(textMac(bound.key, signed), signature);
}

function isSignature({ algorithm, key }: BoundKey, signed: Uint8Array, signature: Uint8Array): boolean {
  switch (algorithm) {
    case 'hmac-sha256':
      return timingSafeEqual(createHmac('sha256', key).update(signed).digest(), signature);
    case 'ed25519':
      return verify(null, signed, key, signature);
    case 'ecdsa-p256-sha256':
      return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'ecdsa-p384-sha384':
      return verify('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'rsa-pss-sha512':
      return verify(
        'sha512',
        signed,
        { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: PSS_SALT_BYTES },
        signature,
      );
    case 'rsa-v1_5-sha256':
      return verify('sha256', signed, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
  }
}

function lengthOf({ algorithm, key }: BoundKey): number {
  return FIXED_LENGTH[algorithm] ?? Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
}

/** Stand in for keys that do not exist, so that asking for one costs what a wrong signature costs. */
const NOBODY: Readonly<Record<Algorithm, () => KeyObject>> = {
  'hmac-sha256': once(() => generateKeySync('hmac', { length: 256 })),
  ed25519: once(() => generateKeyPairSync('ed25519').publicKey),
  'ecdsa-p256-sha256': once(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey),
  'ecdsa-p384-sha384': once(() => generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
  'rsa-pss-sha512': once(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
  'rsa-v1_5-sha256': once(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
};

/** A key of an algorithm that nobody holds. */
export function nobodysKey(algorithm: Algorithm): BoundKey {
  return { algorithm, key: NOBODY[algorithm]() };
}
