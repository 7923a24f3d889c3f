import { hash } from 'node:crypto';

/** Digest algorithms that RFC 9530 section 5 calls active; every other one proves nothing against a forger. */
export const digestAlgorithms = ['sha-512', 'sha-256'] as const;

export type DigestAlgorithm = (typeof digestAlgorithms)[number];

const HASH_NAMES: Readonly<Record<DigestAlgorithm, string>> = { 'sha-256': 'sha256', 'sha-512': 'sha512' };

/** Digest of bytes in standard base64. */
export function digestOf(algorithm: DigestAlgorithm, bytes: Uint8Array): string {
  return hash(HASH_NAMES[algorithm], bytes, 'base64');
}
