import { generateKeyPairSync, type KeyObject } from 'node:crypto';

import { loadPrivateKey } from '@paymesh/ext-authz/client';

import type { Random } from './random.ts';

/** What signs a message. */
export type SigningKey = ReturnType<typeof loadPrivateKey>;
type Algorithm = SigningKey['algorithm'];

/** How a key is named. */
export interface KeyName {
  readonly id: string;
  /** Who is let through. */
  readonly owner: string;
  readonly algorithm: Algorithm;
}

/** A key with both of its halves. */
export interface SoakKey extends KeyName {
  readonly signing: SigningKey;
  /** What the KeySet reads: a secret in base64, or a PEM. */
  readonly published: string;
}

const SECRET_BYTES = 32;

/** Secrets follow from the seed; pairs are new in each run, which changes no choice of the soak. */
export function makeKey({ id, owner, algorithm }: KeyName, random: Random): SoakKey {
  if (algorithm === 'hmac-sha256') {
    const secret = random.bytes(SECRET_BYTES);
    const signing = loadPrivateKey({ id, account: owner, algorithm, secret });
    return { id, owner, algorithm, signing, published: secret.toString('base64') };
  }
  const { privateKey, publicKey } = makePair(algorithm);
  const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }));
  const signing = loadPrivateKey({ id, account: owner, algorithm, pem });
  return {
    id,
    owner,
    algorithm,
    signing,
    published: String(publicKey.export({ format: 'pem', type: 'spki' })),
  };
}

function makePair(algorithm: Exclude<Algorithm, 'hmac-sha256'>): {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
} {
  switch (algorithm) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ecdsa-p256-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'ecdsa-p384-sha384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' });
    case 'rsa-pss-sha512':
    case 'rsa-v1_5-sha256':
      return generateKeyPairSync('rsa', { modulusLength: 2_048 });
  }
}
