import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createFakeClock, isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';

import { type CounterStore, createEmbeddedStore, createLeasingStore } from '../store/index.ts';
import { openTestRedis, request, rulesFrom } from '../testing/index.ts';
import { createLimiter, type Limiter } from './limiter.ts';

const LIMIT = 1_000;
const REPLICAS = 4;
/** The load is ten times what the limit lets through. */
const ASKED = 10 * LIMIT;
/** Calls that come together at each replica. */
const BURST = 50;
const MINUTE_MS = 60_000;

const rules = rulesFrom([
  {
    path: 'accuracy.yaml',
    text: `
domain: test-domain
descriptors:
  - key: user
    rate_limit: { unit: minute, requests_per_unit: ${LIMIT} }
`,
  },
]);

(isRedisAvailable() ? describe : describe.skip)('four replicas on one Redis (needs redis-server)', () => {
  let redis: RedisProcess;
  let stores: readonly CounterStore[];
  let limiters: readonly Limiter[];
  const clock = createFakeClock(MINUTE_MS);

  beforeAll(async () => {
    redis = await startRedis();
    stores = await Promise.all(
      Array.from({ length: REPLICAS }, async () =>
        createLeasingStore({ store: await openTestRedis({ url: redis.url }) }),
      ),
    );
    limiters = stores.map((store) =>
      createLimiter({
        rules: () => rules,
        store,
        localStore: createEmbeddedStore(),
        clock,
        observer: { decided: () => undefined, unmatched: () => undefined, fellBack: () => undefined },
      }),
    );
  });
  afterAll(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await redis.stop();
  });

  /** Requests that pass in a window, asked for evenly over it; `share` is a replica's part of them. */
  const passedInWindow = async (user: string, share: (replica: number) => number): Promise<number> => {
    clock.advance(MINUTE_MS - (clock.now() % MINUTE_MS));
    const rounds = ASKED / BURST / REPLICAS;
    let passed = 0;
    for (let round = 0; round < rounds; round += 1) {
      const bursts = limiters.map((limiter, replica) =>
        burst(limiter, user, Math.round(BURST * share(replica))),
      );
      for (const count of await Promise.all(bursts)) passed += count;
      clock.advance(Math.floor(MINUTE_MS / rounds));
    }
    return passed;
  };

  test.each<[string, (replica: number) => number]>([
    ['even load', () => 1],
    ['uneven load', (replica) => [3, 0.6, 0.3, 0.1][replica] ?? 0],
    ['load on one of them', (replica) => (replica === 0 ? 4 : 0)],
  ])('pass within 1 %% of a limit, and never more, under ten times as much: %s', async (name, share) => {
    for (let window = 0; window < 3; window += 1) {
      const passed = await passedInWindow(name, share);
      expect(passed).toBeLessThanOrEqual(LIMIT);
      expect(passed).toBeGreaterThanOrEqual(LIMIT * 0.99);
    }
  });
});

async function burst(limiter: Limiter, user: string, calls: number): Promise<number> {
  const decisions = await Promise.all(
    Array.from({ length: calls }, async () => limiter.decide(request([`user=${user}`]))),
  );
  return decisions.filter((decision) => decision.kind === 'decided' && !decision.isOver).length;
}
