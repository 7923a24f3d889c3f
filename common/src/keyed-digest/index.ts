export {
  createKeyedDigest,
  DIGEST_KEY_BYTES,
  DIGEST_WORDS,
  type KeyedDigest,
  newDigestKey,
} from './keyed-digest.ts';
