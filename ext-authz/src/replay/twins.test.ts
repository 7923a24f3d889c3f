import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  isRedisAvailable,
  type RedisCluster,
  type RedisProcess,
  startRedis,
  startRedisCluster,
} from '@paymesh/common/testing';

import { createRedisStores, newKey } from './testing/redis-stores.ts';

const TWINS = 10_000;
/** Pairs under way at once. */
const WAVE = 500;

(isRedisAvailable() ? describe : describe.skip)('twins at two replicas (needs redis-server)', () => {
  const stores = createRedisStores();
  let redis: RedisProcess;
  let cluster: RedisCluster;

  beforeAll(async () => {
    redis = await startRedis();
    cluster = await startRedisCluster();
  }, 30_000);

  afterEach(() => stores.closeAll());

  afterAll(async () => {
    await redis.stop();
    await cluster.stop();
  });

  test.each<[string, () => { readonly url: string }]>([
    ['a single Redis', () => redis],
    ['a cluster', () => cluster],
  ])(`of ${TWINS} pairs of claims at once exactly one of each is fresh: %s`, async (_, target) => {
    const one = await stores.openPatient(target());
    const two = await stores.openPatient(target());
    const outcomes = new Map<string, number>();
    for (let done = 0; done < TWINS; done += WAVE) {
      await Promise.all(
        Array.from({ length: WAVE }, async () => {
          const key = newKey();
          const [first, second] = await Promise.all([
            one.claim(key, 60_000, 'attempt 1'),
            two.claim(key, 60_000, 'attempt 2'),
          ]);
          const outcome = [first, second].toSorted().join(' ');
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }),
      );
    }
    expect(Object.fromEntries(outcomes)).toEqual({ 'fresh replayed': TWINS });
  });
});
