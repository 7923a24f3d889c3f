export { type RedisAccess, type RedisFiles, type RedisOptions, readRedisAccess } from './access.ts';
export { createCertificateGauge } from './certificates.ts';
export { createRedisClient, isCluster, type RedisCertificates, type RedisClient } from './client.ts';
export { keepConnected } from './keep-connected.ts';
