export { type FakeControlPlane, startFakeControlPlane } from './fake-control-plane.ts';
export { golden, goldenInputs, staleGoldens } from './golden.ts';
export { openTestRedis, type TestRedisOptions } from './open-redis.ts';
export { limitedMesh } from './policies.ts';
export { createRlqsClient, type RlqsClient } from './rlqs-client.ts';
export { type Ask, createRlsClient, type RlsClient } from './rls-client.ts';
export {
  createTestLimiter,
  descriptor,
  request,
  rulesFrom,
  rulesOf,
  type TestLimiter,
  type TestLimiterOptions,
} from './test-limiter.ts';
