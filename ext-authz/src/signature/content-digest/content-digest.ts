import { type DigestAlgorithm, digestAlgorithms, digestOf } from './algorithms.ts';

/** Value of a Content-Digest field for a body (RFC 9530 section 2). */
export function contentDigest(body: Uint8Array, algorithm: DigestAlgorithm = 'sha-256'): string {
  return `${algorithm}=:${digestOf(algorithm, body)}:`;
}

/** Value of a Want-Content-Digest field (RFC 9530 section 4): any active algorithm, alike. */
export const wantContentDigest = digestAlgorithms.map((algorithm) => `${algorithm}=10`).join(', ');
