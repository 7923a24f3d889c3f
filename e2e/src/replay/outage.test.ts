import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';

import type { Ask } from './load.ts';
import { mostReplayed, OUTAGES, sendThrough, shareOf, statusesOf } from './outage.ts';
import { type Replicas, startReplicas } from './replicas.ts';
import { type ServiceTime, serviceTime, shareInTime } from './service-time.ts';
import { checkOf } from './signed-check.ts';

/**
 * All checks of an outage are decided within 20 ms, by the service's own histogram. One in twenty may be a
 * machine that does other things too; a service that waits would have far more.
 */
const IN_TIME = 0.95;
/** So many checks in an outage say something of its times. */
const MIN_CHECKS = 20;
/** The same machine may keep a claim waiting for more than 15 ms without any outage. */
const CALM = 0.95;
const TEST_MS = 60_000;

(isRedisAvailable() ? describe : describe.skip)('Redis goes away under load (needs redis-server)', () => {
  let redis: RedisProcess;
  let replicas: Replicas | undefined;

  beforeEach(async () => {
    redis = await startRedis();
  });

  afterEach(async () => {
    await replicas?.stop();
    replicas = undefined;
    await redis.stop();
  });

  async function startOne(onStoreDown: 'Deny' | 'Local') {
    replicas = await startReplicas({ count: 1, redisUrl: redis.url, onStoreDown });
    const [replica] = replicas.all;
    if (replica === undefined) throw new Error('no replica');
    const times: ServiceTime[] = [];
    const ask: Ask = (request) => replica.check(checkOf(request));
    const look = async () => void times.push(serviceTime(await replica.metrics()));
    const onBack = (other: RedisProcess) => {
      redis = other;
    };
    return { times, run: { ask, redis, look, onBack } };
  }

  test.each(OUTAGES)(
    '$name, with Deny: 503 in time, and all is well after by itself',
    async (outage) => {
      const { times, run } = await startOne('Deny');
      const { calm, dark, all } = await sendThrough({ ...run, outage });
      expect(shareOf(calm, 'valid', 200)).toBeGreaterThan(CALM);
      expect(statusesOf(calm, 'replay')).not.toContain(200);
      expect(statusesOf(dark, 'valid')).toEqual([503]);
      expect(statusesOf(dark, 'replay')).toEqual([503]);
      expect(statusesOf(all, 'forged')).toEqual([401]);
      const reasons = dark.filter(({ status }) => status === 503).map(({ reason }) => reason);
      expect(new Set(reasons)).toEqual(new Set(['store_unavailable']));
      expect(mostReplayed(all)).toBeLessThanOrEqual(outage.forgotten);
      const [before, after] = times;
      if (before === undefined || after === undefined) throw new Error('nobody looked');
      expect(after.checks - before.checks).toBeGreaterThan(MIN_CHECKS);
      expect(shareInTime(before, after)).toBeGreaterThan(IN_TIME);
    },
    TEST_MS,
  );

  test.each(OUTAGES)(
    '$name, with Local: the replica goes on, and takes nothing twice',
    async (outage) => {
      const { run } = await startOne('Local');
      const { dark, all } = await sendThrough({ ...run, outage });
      expect(statusesOf(dark, 'valid')).toEqual([200]);
      expect(shareOf(all, 'valid', 200)).toBeGreaterThan(CALM);
      expect(statusesOf(all, 'replay')).toEqual([409]);
      expect(statusesOf(all, 'forged')).toEqual([401]);
    },
    TEST_MS,
  );
});
