export { createEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './embedded-store.ts';
export { createStoreChoice } from './fallback-store.ts';
export { type NonceFile, type NonceFileOptions, openNonceFile } from './nonce-file.ts';
export type { NonceClaim, NonceStore } from './nonce-store.ts';
export { openRedisStore, type RedisStoreOptions } from './redis-store.ts';
