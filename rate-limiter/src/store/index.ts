export { createBreaker } from './breaker.ts';
export { isCallDenied } from './denial.ts';
export { createEmbeddedStore, openKeptStore } from './embedded-store.ts';
export { createLeasingStore } from './leasing-store.ts';
export { createMeteredStore } from './metered-store.ts';
export { openingStore } from './opening-store.ts';
export { openRedisStore, type RedisStoreOptions } from './redis-store.ts';
export type { CounterStore, ProbedStore, Take, Taken } from './types.ts';
