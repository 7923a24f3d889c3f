export { accessRequests, accessSpecs } from './access-arbitraries.ts';
export { eventually } from './eventually.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { freePort } from './free-port.ts';
export { type NaiveRequest, naivelyAllows } from './naive-access.ts';
export { isRedisAvailable, type RedisProcess, startRedis } from './redis.ts';
