import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { endMs, type Meter, type State } from '../algorithm/index.ts';
import { chargeCall, counterName } from './charge.ts';
import { createEmbeddedStore } from './embedded-store.ts';
import { NOW, take } from './store.contract.ts';
import type { CounterStore, Take, Taken } from './types.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Less than the grace of the store. */
const MAX_SET_BACK_MS = 900;

/** A store that forgets nothing and has all the room of the world. */
function createPlainStore(): CounterStore {
  const states = new Map<string, State>();
  return {
    take: (takes, nowMs): Taken => {
      const charges = chargeCall(takes, (of) => states.get(counterName(of)), nowMs);
      for (const [index, { state }] of charges.entries()) {
        const of = takes[index];
        if (of === undefined || state === undefined) continue;
        // What is given back to a counter that is not there makes none.
        if (of.hits > 0 || states.has(counterName(of))) states.set(counterName(of), state);
      }
      return { kind: 'counted', readings: charges.map(({ reading }) => reading) };
    },
    close: () => Promise.resolve(),
  };
}

type MeterKind = Meter['kind'];

function meterAt(kind: MeterKind, lengthMs: number, nowMs: number): Meter {
  const startMs = nowMs - (nowMs % lengthMs);
  switch (kind) {
    case 'window':
      return { kind, startMs, endMs: startMs + lengthMs };
    case 'sliding':
      return { kind, lengthMs };
    case 'bucket':
      return { kind, periodMs: lengthMs, burst: 5 };
    case 'concurrency':
      return { kind, holdMs: lengthMs };
  }
}

const hitOf = fc.record({
  kind: fc.constantFrom<MeterKind>('window', 'sliding', 'bucket', 'concurrency'),
  lengthMs: fc.constantFrom(SECOND_MS, MINUTE_MS),
  name: fc.constantFrom('a', 'b', 'c'),
  hits: fc.integer({ min: -2, max: 4 }),
  isSpared: fc.boolean(),
});
const callOf = fc.record({
  pauseMs: fc.oneof(
    fc.constant(0),
    fc.nat(2_000),
    fc.nat(90_000),
    fc.integer({ min: -MAX_SET_BACK_MS, max: -1 }),
  ),
  hits: fc.array(hitOf, { maxLength: 4 }),
});

describe('the embedded store', () => {
  test('answers as one that keeps every counter, also where the clock steps back a little', () => {
    fc.assert(
      fc.property(fc.array(callOf, { maxLength: 30 }), (calls) => {
        const store = createEmbeddedStore({ maxCounters: 10_000 });
        const plain = createPlainStore();
        let nowMs = NOW;
        let latestMs = NOW;
        for (const { pauseMs, hits } of calls) {
          nowMs = Math.max(nowMs + pauseMs, latestMs - MAX_SET_BACK_MS);
          latestMs = Math.max(latestMs, nowMs);
          const takes: readonly Take[] = hits.map(({ kind, lengthMs, name, ...more }) =>
            take(`${name} ${kind} ${lengthMs} `, {
              ...more,
              limit: 6,
              meter: meterAt(kind, lengthMs, nowMs),
            }),
          );
          expect(store.take(takes, nowMs)).toEqual(plain.take(takes, nowMs));
        }
      }),
      { numRuns: 500 },
    );
  });

  test('ten thousand counters that come and go are counted one by one', () => {
    const store = createEmbeddedStore({ maxCounters: 30_000 });
    for (let minute = 0; minute < 4; minute += 1) {
      const nowMs = NOW + minute * MINUTE_MS;
      for (let hit = 1; hit <= 3; hit += 1) {
        const remaining = Array.from({ length: 10_000 }, (_, index) => {
          const taken = store.take(
            [take(`k${index}`, { limit: 3, meter: meterAt('window', MINUTE_MS, nowMs) })],
            nowMs,
          );
          return taken instanceof Promise || taken.kind === 'down' ? undefined : taken.readings[0]?.remaining;
        });
        expect(new Set(remaining)).toEqual(new Set([3 - hit]));
      }
    }
  });

  test('a bucket stays for the limit that needs it longest', () => {
    const store = createEmbeddedStore();
    const bucket: Meter = { kind: 'bucket', periodMs: MINUTE_MS, burst: 10 };
    const slow = take('b', { meter: bucket, limit: 1, hits: 10 });
    const fast = { ...slow, limit: 1_000, hits: 0 };
    void store.take([slow, { ...fast, hits: -1 }], NOW);
    expect(endMs(bucket, { level: MINUTE_MS * 9, atMs: NOW }, 1_000)).toBeLessThan(NOW + SECOND_MS);
    // Other calls, so that it would be looked at.
    for (let index = 0; index < 100; index += 1) void store.take([take('x')], NOW + 10 * SECOND_MS);
    const taken = store.take([{ ...slow, hits: 0 }], NOW + 10 * SECOND_MS);
    expect(taken).toMatchObject({ readings: [{ remaining: 1 }] });
  });

  test('a clock set back by an hour neither loses counts nor the room', () => {
    const store = createEmbeddedStore({ maxCounters: 3 });
    const at = (key: string, nowMs: number) =>
      store.take([take(key, { limit: 9, meter: meterAt('window', MINUTE_MS, nowMs) })], nowMs);
    void at('a', NOW + HOUR_MS);
    expect(at('a', NOW)).toMatchObject({ readings: [{ remaining: 8 }] });
    expect(at('a', NOW + 1)).toMatchObject({ readings: [{ remaining: 7 }] });
    expect(at('a', NOW + HOUR_MS)).toMatchObject({ readings: [{ remaining: 7 }] });
    // The room is that of one counter, and the other had ended.
    expect(at('b', NOW + 2 * HOUR_MS)).toMatchObject({ readings: [{ remaining: 8 }] });
  });

  test('a clock set back again and again forgets no window before its end', () => {
    const store = createEmbeddedStore();
    const startMs = NOW + HOUR_MS;
    const at = (nowMs: number) =>
      store.take([take('a', { limit: 1_000, meter: meterAt('window', HOUR_MS, nowMs) })], nowMs);
    for (let hits = 1; hits <= 100; hits += 1) {
      const setBackMs = (hits % 2) * 40 * MINUTE_MS;
      expect(at(startMs + HOUR_MS - 1 - setBackMs)).toMatchObject({
        readings: [{ remaining: 1_000 - hits }],
      });
    }
  });
});
