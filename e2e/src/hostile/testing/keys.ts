import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';

import { keySet } from './documents.ts';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** Secrets for hmac-sha256, by key id; all but `k-1` may not sign. */
export const SECRETS = {
  'k-1': randomBytes(32),
  'k-revoked': randomBytes(32),
  'k-expired': randomBytes(32),
  'k-pending': randomBytes(32),
  /** Of another merchant, in a set of its own. */
  'k-other': randomBytes(32),
} as const;

/** Pairs by key id; the algorithm is that of the name. */
export const PAIRS = {
  'ed-1': generateKeyPairSync('ed25519'),
  /** Of another merchant, in the same set. */
  'ed-other': generateKeyPairSync('ed25519'),
  'p256-1': generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  'pss-1': generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  'v15-1': generateKeyPairSync('rsa', { modulusLength: 2_048 }),
} as const satisfies Readonly<Record<string, Pair>>;

const ALGORITHMS: Readonly<Record<keyof typeof PAIRS, string>> = {
  'ed-1': 'ed25519',
  'ed-other': 'ed25519',
  'p256-1': 'ecdsa-p256-sha256',
  'pss-1': 'rsa-pss-sha512',
  'v15-1': 'rsa-v1_5-sha256',
};

const CHANGES: Readonly<Record<keyof typeof SECRETS, string>> = {
  'k-1': '',
  'k-revoked': ', revoked: true',
  'k-expired': ', notAfter: "2020-01-01T00:00:00Z"',
  'k-pending': ', notBefore: "2099-01-01T00:00:00Z"',
  'k-other': '',
};

/** KeySets `merchants` and `others`. */
export const KEY_SETS = keySet('merchants', merchantKeys()) + keySet('others', [secretKey('k-other')]);

function merchantKeys(): readonly string[] {
  const secrets = Object.keys(SECRETS) as (keyof typeof SECRETS)[];
  const pairs = Object.entries(ALGORITHMS).map(
    ([id, algorithm]) =>
      `id: ${id}, owner: ${ownerOf(id)}, algorithm: ${algorithm}, publicKey: {file: ../keys/${id}.pem}`,
  );
  return [...secrets.filter((id) => id !== 'k-other').map(secretKey), ...pairs];
}

function secretKey(id: keyof typeof SECRETS): string {
  return `id: ${id}, owner: ${ownerOf(id)}, secret: {file: ../keys/${id}.key}${CHANGES[id]}`;
}

function ownerOf(id: string): string {
  return id.endsWith('-other') ? 'merchant-b' : 'merchant-a';
}

/** The files that the sets name. */
export const KEY_FILES: Readonly<Record<string, string>> = Object.fromEntries<string>([
  ...Object.entries(SECRETS).map(([id, secret]) => [`keys/${id}.key`, secret.toString('base64')] as const),
  ...Object.entries(PAIRS).map(([id, pair]) => [`keys/${id}.pem`, pemOf(pair)] as const),
]);

/** The public part. */
export function pemOf({ publicKey }: Pair): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}
