import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import type { PublicKeySpec } from '@paymesh/common/policy';

const RSA_BITS = 2_048;

/** A new private key for an algorithm, as PEM (PKCS#8). */
export function makePrivateKey(algorithm: PublicKeySpec['algorithm']): string {
  return makePair(algorithm).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function makePair(algorithm: PublicKeySpec['algorithm']): { readonly privateKey: KeyObject } {
  switch (algorithm) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ecdsa-p256-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'ecdsa-p384-sha384':
      return generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
    case 'rsa-pss-sha512':
    case 'rsa-v1_5-sha256':
      return generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
  }
}
