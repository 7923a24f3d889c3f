export { eventually } from './eventually.ts';
export { createFakeClock, type FakeClock } from './fake-clock.ts';
export { freePort } from './free-port.ts';
export { startRedis } from './redis.ts';
export { type RedisCluster, type RedisClusterOptions, startRedisCluster } from './redis-cluster.ts';
export { isRedisAvailable, type RedisProcess } from './redis-process.ts';
export { type RedisSentinel, startRedisSentinel } from './redis-sentinel.ts';
export { isRedisTlsAvailable, makeRedisTls, type RedisTls, startRedisTls } from './redis-tls.ts';
