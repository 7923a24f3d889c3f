export { openFileOverrides } from './file-overrides.ts';
export { createRedisOverrides, type OverrideRedis } from './redis-overrides.ts';
export type { OverrideStore } from './types.ts';
