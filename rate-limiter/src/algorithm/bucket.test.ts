import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { step } from './step.ts';
import {
  admitted,
  callsAround,
  hitsWithin,
  play,
  SCHEDULES,
  type Seen,
  type Standing,
  standingsOf,
} from './testing/schedule.ts';
import type { Meter, State } from './types.ts';

const PERIOD_MS = 60_000;

function scheduleOf(hits: fc.Arbitrary<number>) {
  return fc.record({
    limit: fc.integer({ min: 0, max: 90 }),
    burst: fc.integer({ min: 1, max: 30 }),
    startMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    calls: callsAround(PERIOD_MS / 10, hits),
  });
}

function bucketOf(burst: number, periodMs = PERIOD_MS): Meter {
  return { kind: 'bucket', periodMs, burst };
}

describe('the bucket, for random schedules', () => {
  test('in any span admits its burst and what fills in the span at most', () => {
    fc.assert(
      fc.property(scheduleOf(fc.integer({ min: 1, max: 9 })), (given) => {
        const { limit, burst } = given;
        const seen = admitted(play({ ...given, isSpared: true, meterAt: () => bucketOf(burst) }));
        return seen.every((first, index) =>
          seen.slice(index).every((last) => {
            const filled = limit * (last.atMs - first.atMs);
            return hitsWithin(seen, first.atMs, last.atMs) * PERIOD_MS <= burst * PERIOD_MS + filled;
          }),
        );
      }),
      { numRuns: SCHEDULES },
    );
  });

  test('is exact against fractions of whole numbers of any size', () => {
    const large = fc.record({
      limit: fc.integer({ min: 1, max: 1_000_000 }),
      burst: fc.integer({ min: 1, max: 10_000 }),
      // Up to a month, and also no round number of anything.
      periodMs: fc.integer({ min: 1_000, max: 2_592_000_000 }),
      startMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
      calls: callsAround(10_000, fc.integer({ min: -50, max: 10_000 })),
      isSpared: fc.boolean(),
    });
    fc.assert(
      fc.property(large, (given) => {
        const seen = play({ ...given, meterAt: () => bucketOf(given.burst, given.periodMs) });
        return isDeepStrictEqual(standingsOf(seen), fillExactly(seen, given));
      }),
      { numRuns: SCHEDULES },
    );
  });
});

describe('the bucket', () => {
  test.each([
    ['one hit', 1],
    ['many hits', 4],
    ['a question', 0],
  ])('tells to the millisecond when %s would fit, and when all is free', (_name, hits) => {
    fc.assert(
      fc.property(scheduleOf(fc.integer({ min: 1, max: 9 })), ({ limit, burst, calls }) => {
        fc.pre(limit > 0);
        let state: State | undefined;
        let nowMs = 1_000_000;
        const at = (ms: number, asked: number) => step(bucketOf(burst), state, { hits: asked, limit }, ms);
        for (const call of calls) {
          nowMs += call.pauseMs;
          state = at(nowMs, call.hits).state;
        }
        const { isOver, resetMs } = at(nowMs, hits).reading;
        if (isOver && Math.max(1, hits) <= burst) {
          expect(at(nowMs + resetMs, hits).reading.isOver).toBe(false);
          expect(at(nowMs + resetMs - 1, hits).reading.isOver).toBe(true);
        }
        if (!isOver && hits === 0) {
          expect(at(nowMs + resetMs, 0).reading).toMatchObject({ remaining: burst, resetMs: 0 });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('one over-charged owes no more than twice what it holds', () => {
    const owed = step(bucketOf(10), undefined, { hits: 1_000_000, limit: 60 }, 0);
    expect(owed.reading).toMatchObject({ isOver: true, remaining: 0 });
    expect(step(bucketOf(10), owed.state, { hits: 1, limit: 60 }, 11_000).reading.isOver).toBe(false);
  });

  test('a clock set back fills nothing, and nothing twice', () => {
    const full = step(bucketOf(10), undefined, { hits: 10, limit: 60 }, 100_000);
    const back = step(bucketOf(10), full.state, { hits: 1, limit: 60 }, 90_000);
    expect(back.reading.isOver).toBe(true);
    expect(step(bucketOf(10), full.state, { hits: 1, limit: 60 }, 101_000).reading.isOver).toBe(false);
  });
});

interface Bucket {
  readonly limit: number;
  readonly burst: number;
  readonly periodMs: number;
  readonly startMs: number;
  readonly isSpared: boolean;
}

/** In fractions of a hit with the period as denominator, of any size. */
function fillExactly(
  seen: readonly Seen[],
  { limit, burst, periodMs, startMs, isSpared }: Bucket,
): readonly Standing[] {
  const hit = BigInt(periodMs);
  const capacity = BigInt(burst) * hit;
  let level = 0n;
  let lastMs = startMs;
  return seen.map(({ atMs, hits }) => {
    level = most(0n, level - BigInt(atMs - lastMs) * BigInt(limit));
    lastMs = atMs;
    const wanted = most(0n, level + BigInt(hits) * hit);
    const isOver = hits >= 0 && (hits === 0 ? level + hit : wanted) > capacity;
    // Beyond twice what it holds nothing is owed.
    if (!(isSpared && isOver)) level = wanted > capacity * 2n ? capacity * 2n : wanted;
    return { isOver, remaining: isOver ? 0 : Number(most(0n, (capacity - wanted) / hit)) };
  });
}

function most(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}
