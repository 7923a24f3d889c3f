export type { DigestAlgorithm } from './algorithms.ts';
export { checkDigest } from './check-digest.ts';
export { contentDigest, wantContentDigest } from './content-digest.ts';
