import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';

import { type CounterStore, createEmbeddedStore } from '../store/index.ts';
import { createTestLimiter, descriptor, openTestRedis, rulesFrom } from '../testing/index.ts';

/** Units short enough that a schedule crosses many windows. */
const LENGTHS = { second: 1, minute: 60, hour: 3_600 } as const;

interface Call {
  readonly user: string;
  readonly hits: number;
  readonly pauseMs: number;
}

const callsOf = fc.array(
  fc.record({
    user: fc.constantFrom('a', 'b', 'c'),
    hits: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: -3, max: 8 })),
    pauseMs: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 1_500 }),
      fc.integer({ min: 0, max: 90_000 }),
    ),
  }),
  { minLength: 1, maxLength: 60 },
);
const scheduleOf = fc.record({
  unit: fc.constantFrom('second' as const, 'minute' as const, 'hour' as const),
  limit: fc.integer({ min: 0, max: 12 }),
  startSeconds: fc.integer({ min: 0, max: 4_000_000_000 }),
  calls: callsOf,
});

interface Schedule {
  readonly unit: keyof typeof LENGTHS;
  readonly limit: number;
  readonly startSeconds: number;
  readonly calls: readonly Call[];
}

/** The reference: every hit ever made is kept, and a window is counted by looking at all of them. */
function reference({
  unit,
  limit,
  startSeconds,
  calls,
}: Schedule): readonly { isOver: boolean; remaining: number }[] {
  const counts: { user: string; window: number; count: number }[] = [];
  let nowMs = startSeconds * 1_000;
  return calls.map(({ user, hits, pauseMs }) => {
    nowMs += pauseMs;
    const window = Math.floor(nowMs / 1_000 / LENGTHS[unit]);
    const known = counts.find((entry) => entry.user === user && entry.window === window);
    const entry = known ?? { user, window, count: 0 };
    if (known === undefined) counts.push(entry);
    entry.count = Math.max(0, entry.count + hits);
    return { isOver: entry.count > limit, remaining: Math.max(0, limit - entry.count) };
  });
}

async function play(store: CounterStore, schedule: Schedule): Promise<readonly unknown[]> {
  const { unit, limit, startSeconds, calls } = schedule;
  const text = `{domain: d, descriptors: [{key: user, rate_limit: {unit: ${unit}, requests_per_unit: ${limit}}}]}`;
  const rules = rulesFrom([{ path: 'd.yaml', text }]);
  const { limiter, clock } = createTestLimiter(rules, { store, atSeconds: startSeconds });
  const seen: unknown[] = [];
  for (const { user, hits, pauseMs } of calls) {
    clock.advance(pauseMs);
    const decision = await limiter.decide({
      domain: 'd',
      descriptors: [descriptor([`user=${user}`], { hits })],
    });
    if (decision.kind !== 'decided') throw new Error(decision.message);
    const [status] = decision.statuses;
    seen.push({ isOver: status?.isOver, remaining: status?.remaining });
  }
  return seen;
}

/** However calls race, a window lets exactly its limit through. */
async function passedAtOnce(store: CounterStore, limit: number, calls: number): Promise<number> {
  const text = `{domain: d, descriptors: [{key: user, rate_limit: {unit: minute, requests_per_unit: ${limit}}}]}`;
  const { limiter } = createTestLimiter(rulesFrom([{ path: 'd.yaml', text }]), { store });
  const asked = { domain: 'd', descriptors: [descriptor(['user=a'])] };
  const decisions = await Promise.all(Array.from({ length: calls }, async () => limiter.decide(asked)));
  return decisions.filter((decision) => decision.kind === 'decided' && !decision.isOver).length;
}

describe('the fixed window in this process', () => {
  test('decides as the reference does', async () => {
    await fc.assert(
      fc.asyncProperty(scheduleOf, async (schedule) => {
        expect(await play(createEmbeddedStore(), schedule)).toEqual(reference(schedule));
      }),
      { numRuns: 500 },
    );
  });

  test('lets exactly its limit through when calls race', async () => {
    expect(await passedAtOnce(createEmbeddedStore(), 100, 1_000)).toBe(100);
  });
});

(isRedisAvailable() ? describe : describe.skip)('the fixed window in Redis (needs redis-server)', () => {
  let redis: RedisProcess;
  let admin: Redis;
  let store: CounterStore;

  beforeAll(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url);
    store = await openTestRedis({ url: redis.url, timeoutMs: 5_000 });
  });
  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await redis.stop();
  });

  test('decides as the reference does', async () => {
    await fc.assert(
      fc.asyncProperty(scheduleOf, async (schedule) => {
        await admin.flushall();
        expect(await play(store, schedule)).toEqual(reference(schedule));
      }),
      { numRuns: 50 },
    );
  });

  test('lets exactly its limit through when two replicas race', async () => {
    await admin.flushall();
    const other = await openTestRedis({ url: redis.url, timeoutMs: 5_000 });
    const passed = await Promise.all([passedAtOnce(store, 100, 500), passedAtOnce(other, 100, 500)]);
    expect(passed[0] + passed[1]).toBe(100);
    await other.close();
  });
});
