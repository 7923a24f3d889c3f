import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { epochWindow } from './period.ts';
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
import { MAX_COUNT } from './types.ts';
import { stepWindow } from './window.ts';

const minute = { kind: 'window', startMs: 60_000, endMs: 120_000 } as const;
const MINUTE = { unit: 'minute', every: 1 } as const;

describe('stepWindow', () => {
  test.each([
    [0, 1, 1],
    [5, 0, 5],
    [5, -2, 3],
    [5, -9, 0],
    [MAX_COUNT, 1, MAX_COUNT],
    [MAX_COUNT, MAX_COUNT, MAX_COUNT],
    [MAX_COUNT, -1, MAX_COUNT - 1],
  ])('%i and %i make %i', (count, hits, expected) => {
    expect(stepWindow(minute, count, { hits, limit: 5 }, 60_000).state).toBe(expected);
  });

  test.each([
    [5, 7, { isOver: true, remaining: 0 }],
    [10, 6, { isOver: false, remaining: 4 }],
    [10, 10, { isOver: false, remaining: 0 }],
    [10, 11, { isOver: true, remaining: 0 }],
    [0, 0, { isOver: false, remaining: 0 }],
    [0, 1, { isOver: true, remaining: 0 }],
    [4_294_967_295, MAX_COUNT, { isOver: true, remaining: 0 }],
  ])('limit %i, count %i', (limit, count, expected) => {
    expect(stepWindow(minute, count, { hits: 0, limit }, 60_000).reading).toMatchObject(expected);
  });

  test.each([
    [60_000, 60_000],
    [119_999, 1],
    [120_000, 0],
    [130_000, 0],
  ])('at %i ms ends in %i ms', (nowMs, resetMs) => {
    expect(stepWindow(minute, 0, { hits: 1, limit: 5 }, nowMs).reading.resetMs).toBe(resetMs);
  });
});

describe('the fixed window, for random schedules', () => {
  const schedule = fc.record({
    limit: fc.integer({ min: 0, max: 12 }),
    startMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    calls: callsAround(60_000, fc.integer({ min: -3, max: 5 })),
    isSpared: fc.boolean(),
  });
  const meterAt = (nowMs: number) => ({ kind: 'window', ...epochWindow(MINUTE, nowMs) }) as const;

  test('counts as a reference that keeps every hit', () => {
    fc.assert(
      fc.property(schedule, (given) => {
        const seen = play({ ...given, meterAt });
        return isDeepStrictEqual(standingsOf(seen), countEveryHit(seen, given));
      }),
      { numRuns: SCHEDULES },
    );
  });

  test('admits no more than the limit in a window', () => {
    const onlyHits = fc.record({ calls: callsAround(60_000, fc.integer({ min: 0, max: 5 })) });
    fc.assert(
      fc.property(schedule, onlyHits, (given, { calls }) => {
        const seen = admitted(play({ ...given, calls, meterAt }));
        return seen.every(({ atMs }) => {
          const { startMs, endMs } = epochWindow(MINUTE, atMs);
          return hitsWithin(seen, startMs, endMs - 1) <= given.limit;
        });
      }),
      { numRuns: SCHEDULES },
    );
  });
});

interface Counting {
  readonly limit: number;
  readonly isSpared: boolean;
}

function countEveryHit(seen: readonly Seen[], { limit, isSpared }: Counting): readonly Standing[] {
  const counts = new Map<number, number>();
  return seen.map(({ atMs, hits }) => {
    const window = Math.floor(atMs / 60_000);
    const count = Math.max(0, (counts.get(window) ?? 0) + hits);
    const isOver = count > limit;
    if (!(isSpared && hits >= 0 && isOver)) counts.set(window, count);
    return { isOver, remaining: isOver ? 0 : limit - count };
  });
}
