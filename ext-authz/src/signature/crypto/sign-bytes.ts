import { constants, createHmac, sign } from 'node:crypto';

import type { BoundKey } from './verify-bytes.ts';

const PSS_SALT_BYTES = 64;

/** The signature of bytes: `key` is a secret or a private key. Parameters as in `verifyBytes`. Throws on a key of another kind. */
export function signBytes({ algorithm, key }: BoundKey, signed: Uint8Array): Buffer {
  switch (algorithm) {
    case 'hmac-sha256':
      return createHmac('sha256', key).update(signed).digest();
    case 'ed25519':
      return sign(null, signed, key);
    case 'ecdsa-p256-sha256':
      return sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' });
    case 'ecdsa-p384-sha384':
      return sign('sha384', signed, { key, dsaEncoding: 'ieee-p1363' });
    case 'rsa-pss-sha512':
      return sign('sha512', signed, {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: PSS_SALT_BYTES,
      });
    case 'rsa-v1_5-sha256':
      return sign('sha256', signed, { key, padding: constants.RSA_PKCS1_PADDING });
  }
}
