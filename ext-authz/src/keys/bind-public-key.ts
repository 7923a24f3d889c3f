import { createPublicKey, type KeyObject } from 'node:crypto';

import type { PublicKeyAlgorithm } from './algorithm.ts';
import { type BadKey, bad } from './bad-key.ts';
import { ed25519Weakness } from './ed25519-weakness.ts';
import { scopeOfPublicKey } from './nonce-scope.ts';
import { plainRsaKey } from './plain-rsa-key.ts';

/** A public key that is strong enough and fits its algorithm. */
export interface BoundPublicKey {
  readonly kind: 'key';
  readonly algorithm: PublicKeyAlgorithm;
  readonly key: KeyObject;
  readonly nonceScope: string;
}

const MIN_RSA_BITS = 2_048;
const MAX_RSA_BITS = 8_192;
const MIN_RSA_EXPONENT = 65_537n;
const MAX_RSA_EXPONENT = 2n ** 32n - 1n;

/** OpenSSL's names of the curves P-256 and P-384. */
const CURVES: Readonly<Partial<Record<PublicKeyAlgorithm, string>>> = {
  'ecdsa-p256-sha256': 'prime256v1',
  'ecdsa-p384-sha384': 'secp384r1',
};
const RSA_PSS = { hashAlgorithm: 'sha512', mgf1HashAlgorithm: 'sha512', saltLength: 64 } as const;

/** Binds a public key to the one algorithm that it will be used for, and refuses those that are too weak for it. */
export function bindPublicKey(given: KeyObject, algorithm: PublicKeyAlgorithm): BoundPublicKey | BadKey {
  switch (algorithm) {
    case 'ed25519':
      return bindEd25519(given);
    case 'ecdsa-p256-sha256':
    case 'ecdsa-p384-sha384':
      return bindEcdsa(given, algorithm);
    case 'rsa-pss-sha512':
    case 'rsa-v1_5-sha256':
      return bindRsa(given, algorithm);
  }
}

function bindEd25519(given: KeyObject): BoundPublicKey | BadKey {
  if (given.asymmetricKeyType !== 'ed25519') return otherType(given, 'ed25519');
  const { x = '' } = given.export({ format: 'jwk' });
  const weakness = ed25519Weakness(Buffer.from(x, 'base64url'));
  if (weakness !== undefined) return bad('PM6107', 'an Ed25519 public key', weakness);
  return bound(given, 'ed25519');
}

function bindEcdsa(given: KeyObject, algorithm: PublicKeyAlgorithm): BoundPublicKey | BadKey {
  if (given.asymmetricKeyType !== 'ec') return otherType(given, algorithm);
  // Undefined for a curve written as its parameters, which could have a generator of its maker's choice.
  const curve = given.asymmetricKeyDetails?.namedCurve;
  if (curve !== CURVES[algorithm]) {
    return bad('PM6106', `a key on the curve of ${algorithm}`, curve ?? 'a curve without a name');
  }
  // A point has two spellings, and JWK knows one of them.
  return bound(createPublicKey({ key: given.export({ format: 'jwk' }), format: 'jwk' }), algorithm);
}

function bindRsa(given: KeyObject, algorithm: PublicKeyAlgorithm): BoundPublicKey | BadKey {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = given;
  const isForPss = type === 'rsa-pss' && algorithm === 'rsa-pss-sha512';
  if (type !== 'rsa' && !isForPss) return otherType(given, algorithm);
  const { hashAlgorithm, mgf1HashAlgorithm, saltLength } = { ...RSA_PSS, ...details };
  if (
    hashAlgorithm !== RSA_PSS.hashAlgorithm ||
    mgf1HashAlgorithm !== RSA_PSS.mgf1HashAlgorithm ||
    saltLength !== RSA_PSS.saltLength
  ) {
    const got = `a key for RSA-PSS with ${hashAlgorithm}, ${mgf1HashAlgorithm} and ${saltLength} bytes of salt`;
    return bad('PM6103', 'a key for RSA-PSS with SHA-512 and 64 bytes of salt, or without parameters', got);
  }
  const { modulusLength = 0, publicExponent = 0n } = details;
  if (modulusLength < MIN_RSA_BITS || modulusLength > MAX_RSA_BITS) {
    return bad('PM6104', `an RSA key of ${MIN_RSA_BITS} to ${MAX_RSA_BITS} bits`, `${modulusLength} bits`);
  }
  if (publicExponent < MIN_RSA_EXPONENT || publicExponent > MAX_RSA_EXPONENT || publicExponent % 2n === 0n) {
    return bad(
      'PM6105',
      `an odd RSA exponent from ${MIN_RSA_EXPONENT} to ${MAX_RSA_EXPONENT}`,
      shortNumber(publicExponent),
    );
  }
  return bound(isForPss ? plainRsaKey(given) : given, algorithm);
}

/** An exponent may have thousands of digits. */
function shortNumber(value: bigint): string {
  return value > 2n ** 64n ? 'a larger one' : `${value}`;
}

function otherType({ asymmetricKeyType }: KeyObject, algorithm: PublicKeyAlgorithm): BadKey {
  return bad('PM6103', `a public key of ${algorithm}`, `a key of type ${asymmetricKeyType ?? 'unknown'}`);
}

function bound(key: KeyObject, algorithm: PublicKeyAlgorithm): BoundPublicKey {
  return { kind: 'key', algorithm, key, nonceScope: scopeOfPublicKey(key) };
}
