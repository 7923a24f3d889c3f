import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';

import { type SignedGateway, sendHttp1, startSignedGateway } from '../harness/index.ts';
import type { Ask } from './load.ts';
import { mostReplayed, OUTAGES, sendThrough, statusesOf } from './outage.ts';
import { KEY_FILES, signedPolicies } from './policies.ts';

const TEST_MS = 60_000;

(isRedisAvailable() ? describe : describe.skip)(
  'Redis goes away behind a real Envoy (needs redis-server)',
  () => {
    let redis: RedisProcess;
    let gateway: SignedGateway;

    beforeEach(async () => {
      redis = await startRedis();
      gateway = await startSignedGateway({
        envoy: findEnvoy(process.env) ?? '',
        policies: signedPolicies('Deny'),
        files: KEY_FILES,
        redisUrl: redis.url,
      });
    }, TEST_MS);

    afterEach(async () => {
      await gateway?.stop();
      await redis.stop();
    });

    test.each(OUTAGES)(
      '$name: nothing unverified comes through, and all is well after',
      async (outage) => {
        const opened = gateway.passed.length;
        const ask: Ask = async (request) => {
          const { status, body } = await sendHttp1(gateway.port, request);
          return { status, reason: body };
        };
        const onBack = (other: RedisProcess) => {
          redis = other;
        };
        const { dark, all } = await sendThrough({ ask, redis, outage, onBack });
        expect(statusesOf(dark, 'valid')).toEqual([503]);
        expect(statusesOf(dark, 'replay')).toEqual([503]);
        expect(statusesOf(all, 'forged')).toEqual([401]);
        for (const { status, reason } of dark)
          if (status === 503) expect(reason).toContain('store_unavailable');
        expect(mostReplayed(all)).toBeLessThanOrEqual(outage.forgotten);
        const allowed = all.filter(({ status }) => status === 200);
        expect(gateway.passed.length).toBe(opened + allowed.length);
      },
      TEST_MS,
    );
  },
);
