export { createBreaker } from './breaker.ts';
export { createEmbeddedStore } from './embedded-store.ts';
export { createMeteredStore } from './metered-store.ts';
export { openRedisStore } from './redis-store.ts';
export type { CounterStore, Take, Taken } from './types.ts';
