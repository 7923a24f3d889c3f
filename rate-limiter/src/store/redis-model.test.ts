import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';

import { type Meter, SLICES } from '../algorithm/index.ts';
import { openTestRedis } from '../testing/index.ts';
import type { Call } from './batch.ts';
import { createEmbeddedStore } from './embedded-store.ts';
import { NOW } from './store.contract.ts';
import type { CounterStore, Take, Taken } from './types.ts';

/** Calls that come together, so that they share a batch, after a pause. */
interface Turn {
  readonly pauseMs: number;
  readonly calls: readonly (readonly Take[])[];
}

const LENGTH_MS = 10_000;
const RUNS = 1_000;

/** A kind of meter has keys of its own, as `counterKey` sees to. */
const metered = fc.constantFrom<{ kind: Meter['kind']; key: string }>(
  { kind: 'window', key: 'w1:' },
  { kind: 'window', key: 'w2:' },
  { kind: 'sliding', key: 's' },
  { kind: 'bucket', key: 'b' },
  { kind: 'concurrency', key: 'c' },
);

const takeSpec = fc.record({
  metered,
  limit: fc.constantFrom(0, 1, 3, 7, 20),
  hits: fc.oneof(fc.integer({ min: -4, max: 6 }), fc.constantFrom(0, 1, 2 ** 49, 2 ** 50, -(2 ** 50))),
  isEnforced: fc.boolean(),
  isSpared: fc.boolean(),
  isQuota: fc.boolean(),
  /** Slices since the hits that are given back were taken. */
  ago: fc.option(fc.integer({ min: -1, max: 12 }), { nil: undefined }),
});

const turns = fc.array(
  fc.record({
    pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3 * LENGTH_MS })),
    calls: fc.array(fc.array(takeSpec, { maxLength: 4 }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 8 },
);

type Turns = typeof turns extends fc.Arbitrary<infer T> ? T : never;

function meterAt(kind: Meter['kind'], nowMs: number): Meter {
  switch (kind) {
    case 'window': {
      const startMs = Math.floor(nowMs / LENGTH_MS) * LENGTH_MS;
      return { kind, startMs, endMs: startMs + LENGTH_MS };
    }
    case 'sliding':
      return { kind, lengthMs: LENGTH_MS };
    case 'bucket':
      return { kind, periodMs: LENGTH_MS, burst: 5 };
    case 'concurrency':
      return { kind, holdMs: LENGTH_MS };
  }
}

async function play(store: CounterStore, schedule: readonly Turn[]): Promise<unknown> {
  let nowMs = NOW;
  const seen: unknown[] = [];
  for (const { pauseMs, calls } of schedule) {
    nowMs += pauseMs;
    const atMs = nowMs;
    seen.push(await Promise.all(calls.map(async (takes) => seenOf(takes, await store.take(takes, atMs)))));
  }
  return seen;
}

/** An empty counter and none read the same, but for a time that tells nothing. */
function seenOf(takes: readonly Take[], taken: Taken): unknown {
  if (taken.kind === 'down') return taken;
  return taken.readings.map((reading, index) => {
    const isFree = reading?.remaining === takes[index]?.limit;
    return isFree ? { ...reading, resetMs: 'any' } : reading;
  });
}

(isRedisAvailable() ? describe : describe.skip)('the script of the Redis store (needs redis-server)', () => {
  let redis: RedisProcess;
  let admin: Redis;
  let store: CounterStore;

  beforeAll(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url);
    store = await openTestRedis({ url: redis.url });
  });
  afterAll(async () => {
    await store.close();
    admin.disconnect();
    await redis.stop();
  });

  test('reads as the embedded store does, whatever the schedule', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (specs) => {
        await admin.flushall();
        const schedule = scheduleOf(specs);
        expect(await play(store, schedule)).toEqual(await play(createEmbeddedStore(), schedule));
      }),
      { numRuns: RUNS },
    );
  });
});

/** Meters of windows depend on the time at which a turn comes. */
function scheduleOf(specs: Turns): readonly Turn[] {
  let nowMs = NOW;
  return specs.map(({ pauseMs, calls }) => {
    nowMs += pauseMs;
    const atMs = nowMs;
    const takes = (call: (typeof calls)[number]): Call['takes'] =>
      call.map(({ metered: { kind, key }, limit, ago, ...more }) => {
        const slice = ago === undefined ? undefined : Math.floor(atMs / (LENGTH_MS / SLICES)) - ago;
        const common = { ...more, group: 'rule', meter: meterAt(kind, atMs), slice };
        if (kind !== 'bucket') return { ...common, key, limit };
        // When a bucket ends depends on its limit: stores may forget it sooner or later where limits differ.
        const rate = Math.max(1, limit);
        return { ...common, key: `${key}${rate}`, limit: rate };
      });
    return { pauseMs, calls: calls.map(takes) };
  });
}
