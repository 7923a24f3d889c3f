export { createEmbeddedStore, type EmbeddedStore, type EmbeddedStoreOptions } from './embedded-store.ts';
export type { NonceClaim, NonceStore } from './nonce-store.ts';
export { openRedisStore, type RedisStoreOptions } from './redis-store.ts';
