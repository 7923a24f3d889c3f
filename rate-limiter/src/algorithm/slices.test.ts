import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { SLICES } from './slices.ts';
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

const LENGTH_MS = 60_000;
const SLICE_MS = LENGTH_MS / SLICES;
const sliding: Meter = { kind: 'sliding', lengthMs: LENGTH_MS };
const concurrency: Meter = { kind: 'concurrency', holdMs: LENGTH_MS };

function scheduleOf(hits: fc.Arbitrary<number>) {
  return fc.record({
    limit: fc.integer({ min: 0, max: 12 }),
    startMs: fc.integer({ min: 0, max: 4_000_000_000_000 }),
    calls: callsAround(LENGTH_MS, hits),
    isSpared: fc.boolean(),
  });
}
const anyHits = scheduleOf(fc.integer({ min: -3, max: 5 }));
const onlyHits = scheduleOf(fc.integer({ min: 1, max: 5 }));

interface Counting {
  readonly limit: number;
  readonly isSpared: boolean;
}

/** Keeps each hit by the slice in which it came; those of ten slices ago and younger count. */
function keepEveryHit(seen: readonly Seen[], { limit, isSpared }: Counting): readonly Standing[] {
  let kept: readonly number[] = [];
  return seen.map(({ atMs, hits }) => {
    const slice = Math.floor(atMs / SLICE_MS);
    kept = kept.filter((of) => slice - of <= SLICES);
    const after = Math.max(0, kept.length + hits);
    // A call without hits asks whether one would fit.
    const isOver = hits >= 0 && (hits === 0 ? after + 1 : after) > limit;
    if (hits < 0) kept = kept.slice(-hits);
    else if (!(isSpared && isOver)) kept = [...kept, ...Array.from({ length: hits }, () => slice)];
    return { isOver, remaining: isOver ? 0 : Math.max(0, limit - after) };
  });
}

describe('the sliding window, for random schedules', () => {
  test('counts as a reference that keeps every hit', () => {
    fc.assert(
      fc.property(anyHits, (given) => {
        const seen = play({ ...given, meterAt: () => sliding });
        const expected = keepEveryHit(seen, given);
        return isDeepStrictEqual(standingsOf(seen), expected);
      }),
      { numRuns: SCHEDULES },
    );
  });

  test('no span of its length holds more than the limit admitted', () => {
    fc.assert(
      fc.property(onlyHits, (given) => {
        const seen = admitted(play({ ...given, meterAt: () => sliding }));
        return seen.every(({ atMs }) => hitsWithin(seen, atMs - LENGTH_MS + 1, atMs) <= given.limit);
      }),
      { numRuns: SCHEDULES },
    );
  });

  test('refuses nothing that fits beside what the last 1.1 lengths admitted', () => {
    fc.assert(
      fc.property(onlyHits, (given) => {
        const seen = play({ ...given, isSpared: true, meterAt: () => sliding });
        const passed = admitted(seen);
        return seen.every(({ atMs, hits, reading }) => {
          const before = hitsWithin(passed, atMs - LENGTH_MS * 1.1 + 1, atMs);
          return !reading.isOver || before + hits > given.limit;
        });
      }),
      { numRuns: SCHEDULES },
    );
  });
});

describe('the sliding window', () => {
  test.each([
    ['one hit', 1],
    ['many hits', 4],
    ['a question', 0],
  ])('tells to the millisecond when %s would fit, and when all is free', (_name, hits) => {
    fc.assert(
      fc.property(onlyHits, ({ limit, calls }) => {
        let state: State | undefined;
        let nowMs = 1_000_000;
        const at = (ms: number, asked: number) => step(sliding, state, { hits: asked, limit }, ms);
        for (const call of calls) {
          nowMs += call.pauseMs;
          state = at(nowMs, call.hits).state;
        }
        const { isOver, resetMs } = at(nowMs, hits).reading;
        if (isOver && Math.max(1, hits) <= limit) {
          expect(at(nowMs + resetMs, hits).reading.isOver).toBe(false);
          expect(at(nowMs + resetMs - 1, hits).reading.isOver).toBe(true);
        }
        if (!isOver && hits === 0) {
          expect(at(nowMs + resetMs, 0).reading).toMatchObject({ remaining: limit, resetMs: 0 });
          if (resetMs > 0) expect(at(nowMs + resetMs - 1, 0).reading.remaining).toBeLessThan(limit);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  test('a clock set back counts on, and frees nothing early', () => {
    const { state } = step(sliding, undefined, { hits: 3, limit: 5 }, 100_000);
    const back = step(sliding, state, { hits: 1, limit: 5 }, 90_000);
    expect(back.reading).toMatchObject({ remaining: 1, resetMs: 72_000 });
    expect(step(sliding, back.state, { hits: 1, limit: 5 }, 161_999).reading.remaining).toBe(0);
  });
});

describe('concurrency, for random schedules', () => {
  test('counts what is under way as a reference that keeps every hit', () => {
    fc.assert(
      fc.property(anyHits, (given) => {
        const seen = play({ ...given, meterAt: () => concurrency });
        const expected = keepEveryHit(seen, given);
        return isDeepStrictEqual(standingsOf(seen), expected);
      }),
      { numRuns: SCHEDULES },
    );
  });

  test('never admits more than the limit under way, and forgets none before its time', () => {
    const requests = fc.array(fc.record({ startMs: fc.nat(LENGTH_MS * 2), lastsMs: fc.nat(LENGTH_MS) }), {
      maxLength: 20,
    });
    fc.assert(fc.property(requests, fc.integer({ min: 0, max: 5 }), isExact), { numRuns: SCHEDULES });
  });
});

describe('what is over and charged all the same', () => {
  const bucket: Meter = { kind: 'bucket', periodMs: 1_000, burst: 5 };
  test.each<[string, Meter, number]>([
    ['a bucket', bucket, 1],
    ['a sliding window', { kind: 'sliding', lengthMs: 5_000 }, 1],
  ])('of %s fits after the wait that it was told', (_name, meter, limit) => {
    let state: State | undefined;
    let nowMs = 1_000_000;
    const ask = () => step(meter, state, { hits: 1, limit, isSpared: false }, nowMs);
    for (let asked = 0; asked < 8; asked += 1) ({ state } = ask());
    for (let round = 0; round < 20; round += 1) {
      const denied = ask();
      expect(denied.reading.isOver).toBe(true);
      ({ state } = denied);
      nowMs += denied.reading.resetMs;
      const passed = ask();
      expect(passed.reading.isOver).toBe(false);
      ({ state } = passed);
      while (!ask().reading.isOver) ({ state } = ask());
    }
  });
});

interface Request {
  readonly startMs: number;
  readonly lastsMs: number;
}

/** Starts and ends of requests in the order of time: over exactly when so many are under way. */
function isExact(requests: readonly Request[], limit: number): boolean {
  const starts = requests.map(({ startMs }, id) => ({ id, atMs: startMs, hits: 1 }));
  const ends = requests.map(({ startMs, lastsMs }, id) => ({ id, atMs: startMs + lastsMs, hits: -1 }));
  const events = [...starts, ...ends].toSorted((one, other) => one.atMs - other.atMs);
  const underWay = new Set<number>();
  let state: State | undefined;
  for (const { id, atMs, hits } of events) {
    // Only what was admitted has an end to tell.
    if (hits < 0 && !underWay.delete(id)) continue;
    const next = step(concurrency, state, { hits, limit }, atMs);
    if (next.reading.isOver !== (hits > 0 && underWay.size >= limit)) return false;
    if (next.reading.isOver) continue;
    ({ state } = next);
    if (hits > 0) underWay.add(id);
  }
  return true;
}
