import { describe, expect, test } from '@jest/globals';

import { createEmbeddedStore } from './embedded-store.ts';
import { countsOf, describeStore, take } from './store.contract.ts';
import type { CounterStore, Take } from './types.ts';

describeStore('the embedded store', () => Promise.resolve(createEmbeddedStore()));

const MINUTE_MS = 60_000;
const START_MS = MINUTE_MS * 1_000;

function countsAt(store: CounterStore, nowMs: number, ...takes: readonly Take[]) {
  return countsOf(store, takes, nowMs);
}

function at(key: string, startMs: number, lengthMs = MINUTE_MS): Take {
  return take(key, { meter: { kind: 'window', startMs, endMs: startMs + lengthMs } });
}

describe('createEmbeddedStore', () => {
  test('refuses new counters when full, and goes on with those it knows', async () => {
    const store = createEmbeddedStore({ maxCounters: 4 });
    const counts = await countsAt(store, START_MS, at('a', START_MS), at('b', START_MS), at('c', START_MS));
    expect(counts).toEqual([1, 1, undefined]);
    expect(await countsAt(store, START_MS, at('a', START_MS), at('c', START_MS))).toEqual([2, undefined]);
  });

  test('a rule with many values leaves room for the others', async () => {
    const store = createEmbeddedStore({ maxCounters: 100 });
    const of = (group: string, key: string) => ({ ...at(`${group}${key}`, START_MS), group });
    const flood = (group: string) => Array.from({ length: 200 }, (_, index) => of(group, String(index)));
    const countersOf = async (group: string) => {
      const counts = await countsAt(store, START_MS, ...flood(group));
      return typeof counts === 'string' ? counts : counts.filter((count) => count === 1).length;
    };
    expect([await countersOf('a'), await countersOf('b'), await countersOf('c')]).toEqual([50, 25, 13]);
    expect(await countsAt(store, START_MS, of('d', '0'), of('a', '0'), of('a', '60'))).toEqual([
      1,
      2,
      undefined,
    ]);
  });

  test('reading needs no room', async () => {
    const store = createEmbeddedStore({ maxCounters: 0 });
    expect(await countsAt(store, START_MS, { ...at('a', START_MS), hits: 0 })).toEqual([0]);
  });

  test('forgets closed windows first', async () => {
    const store = createEmbeddedStore({ maxCounters: 4 });
    await countsAt(store, START_MS, at('a', START_MS), at('b', START_MS, MINUTE_MS * 60));
    const nextMs = START_MS + MINUTE_MS;
    expect(await countsAt(store, nextMs, at('c', nextMs))).toEqual([1]);
    expect(await countsAt(store, nextMs, at('d', nextMs))).toEqual([undefined]);
    expect(await countsAt(store, nextMs, at('b', START_MS, MINUTE_MS * 60))).toEqual([2]);
  });

  test('finds its counts again when the clock is set back a little', async () => {
    const store = createEmbeddedStore();
    await countsAt(store, START_MS, at('a', START_MS));
    const nextMs = START_MS + MINUTE_MS;
    await countsAt(store, nextMs + 500, at('a', nextMs));
    expect(await countsAt(store, nextMs - 100, at('a', START_MS))).toEqual([2]);
  });

  test('keeps no more than the windows that are open', async () => {
    const store = createEmbeddedStore({ maxCounters: 10 });
    for (let second = 0; second < 100; second += 1) {
      const nowMs = START_MS + second * 1_000;
      const takes = Array.from({ length: 5 }, (_, index) => at(`k${index}`, nowMs, 1_000));
      expect(await countsAt(store, nowMs, ...takes)).toEqual([1, 1, 1, 1, 1]);
    }
  });
});
