import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';

import { type SignedGateway, sendHttp1, startSignedGateway } from '../harness/index.ts';
import { KEY_FILES, signedPolicies } from './policies.ts';
import { type Replicas, startReplicas } from './replicas.ts';
import { serviceTime } from './service-time.ts';
import { checkOf, signedRequest } from './signed-check.ts';

const TWINS = 10_000;
const TWINS_BY_ENVOY = 500;
/** Pairs under way at once. */
const CONCURRENT = 16;
const ONE_PASSES = '200, 409';
/** A busy machine may keep a claim waiting for more than its 15 ms: 503. Such a pair decides nothing, and another is sent. */
const UNDECIDED = ['200, 503', '409, 503', '503, 503'];
const TEST_MS = 60_000;

(isRedisAvailable() ? describe : describe.skip)(
  'twins at two replicas of one Redis (needs redis-server)',
  () => {
    let redis: RedisProcess;

    beforeAll(async () => {
      redis = await startRedis();
    });

    afterAll(() => redis?.stop());

    describe('over gRPC', () => {
      let replicas: Replicas;

      beforeAll(async () => {
        replicas = await startReplicas({ count: 2, redisUrl: redis.url, onStoreDown: 'Deny' });
      }, TEST_MS);

      afterAll(() => replicas?.stop());

      test(
        `of ${TWINS} pairs at once exactly one of each passes`,
        async () => {
          const outcomes = await sendPairs(TWINS, async () => {
            const request = signedRequest();
            const answers = await Promise.all(replicas.all.map((replica) => replica.check(checkOf(request))));
            return answers.map(({ status }) => status);
          });
          expect(strange(outcomes)).toEqual({});
          expect(outcomes.get(ONE_PASSES)).toBe(TWINS);
        },
        TEST_MS,
      );
    });

    describe('through a real Envoy', () => {
      let gateway: SignedGateway;

      beforeAll(async () => {
        gateway = await startSignedGateway({
          envoy: findEnvoy(process.env) ?? '',
          policies: signedPolicies('Deny'),
          files: KEY_FILES,
          replicas: 2,
          redisUrl: redis.url,
        });
      }, TEST_MS);

      afterAll(() => gateway?.stop());

      test(
        `of ${TWINS_BY_ENVOY} pairs at once exactly one of each passes, and both replicas decide`,
        async () => {
          const before = gateway.passed.length;
          const outcomes = await sendPairs(TWINS_BY_ENVOY, async () => {
            const request = signedRequest();
            const answers = await Promise.all([0, 1].map(() => sendHttp1(gateway.port, request)));
            return answers.map(({ status }) => status);
          });
          expect(strange(outcomes)).toEqual({});
          expect(outcomes.get(ONE_PASSES)).toBe(TWINS_BY_ENVOY);
          expect(gateway.passed.length).toBe(before + TWINS_BY_ENVOY + (outcomes.get('200, 503') ?? 0));
          for (const count of await decisions(gateway)) expect(count).toBeGreaterThan(TWINS_BY_ENVOY / 4);
        },
        TEST_MS,
      );
    });
  },
);

/** Sends pairs, some at once, until so many are decided or as many were not; counts both statuses, sorted. */
async function sendPairs(
  wanted: number,
  send: () => Promise<readonly number[]>,
): Promise<ReadonlyMap<string, number>> {
  const outcomes = new Map<string, number>();
  let open = wanted;
  let undecided = 0;
  const worker = async () => {
    while (open > 0 && undecided <= wanted) {
      open -= 1;
      const outcome = (await send()).toSorted((one, other) => one - other).join(', ');
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (!UNDECIDED.includes(outcome)) continue;
      open += 1;
      undecided += 1;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, worker));
  return outcomes;
}

/** What may never be: both, neither, or something else. */
function strange(outcomes: ReadonlyMap<string, number>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    [...outcomes].filter(([outcome]) => outcome !== ONE_PASSES && !UNDECIDED.includes(outcome)),
  );
}

/** Checks that each replica decided. */
async function decisions({ admins }: SignedGateway): Promise<readonly number[]> {
  return Promise.all(
    admins.map(async (admin) => {
      const text = await (await fetch(`http://${admin}/metrics`)).text();
      return serviceTime(text).checks;
    }),
  );
}
