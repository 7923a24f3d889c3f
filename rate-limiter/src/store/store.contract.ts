import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { MAX_COUNT, type Meter } from '../algorithm/index.ts';
import type { CounterStore, Take } from './types.ts';

export const NOW = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** The window of a minute that begins at NOW. */
const minute: Meter = { kind: 'window', startMs: NOW, endMs: NOW + MINUTE_MS };
const sliding: Meter = { kind: 'sliding', lengthMs: MINUTE_MS };
const bucket: Meter = { kind: 'bucket', periodMs: MINUTE_MS, burst: 10 };
const concurrency: Meter = { kind: 'concurrency', holdMs: MINUTE_MS };

/** A take of one hit in the minute of NOW, far below its limit. */
export function take(key: string, more: Partial<Take> = {}): Take {
  return {
    key,
    group: 'rule',
    meter: minute,
    limit: MAX_COUNT * 2,
    hits: 1,
    isEnforced: true,
    isQuota: false,
    isSpared: false,
    ...more,
  };
}

/** The counts that a call of a store left, from what remains; a text says why there are none. */
export async function countsOf(
  store: CounterStore,
  takes: readonly Take[],
  nowMs = NOW,
): Promise<string | readonly (number | undefined)[]> {
  const taken = await store.take(takes, nowMs);
  if (taken.kind === 'down') return taken.reason;
  return taken.readings.map((reading, index) => {
    return reading === undefined ? undefined : (takes[index]?.limit ?? 0) - reading.remaining;
  });
}

/** What every store must do. `open` gives a store without counters. */
export function describeStore(name: string, open: () => Promise<CounterStore>): void {
  let store: CounterStore;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  const counts = (...takes: readonly Take[]) => countsOf(store, takes);
  /** One text for each take: what remains, or `over`. */
  const standings = async (takes: readonly Take[], nowMs = NOW): Promise<readonly string[]> => {
    const taken = await store.take(takes, nowMs);
    if (taken.kind === 'down') return [taken.reason];
    return taken.readings.map((reading) =>
      reading?.isOver === true ? 'over' : `${reading?.remaining} left`,
    );
  };

  describe(`${name} keeps the contract of a store: counters`, () => {
    test('nothing to take gives nothing', async () => {
      expect(await counts()).toEqual([]);
    });

    test('tells each count after its hits', async () => {
      expect(await counts(take('a'), take('b', { hits: 5 }))).toEqual([1, 5]);
      expect(await counts(take('b'), take('a'))).toEqual([6, 2]);
    });

    test('takes of one counter apply in order', async () => {
      expect(await counts(take('a'), take('a', { hits: 3 }), take('a', { hits: 0 }))).toEqual([1, 4, 4]);
    });

    test('0 reads, and makes no counter', async () => {
      expect(await counts(take('a', { hits: 0 }))).toEqual([0]);
      expect(await counts(take('a'), take('a', { hits: 0 }))).toEqual([1, 1]);
    });

    test.each([
      ['some', -2, 3],
      ['all', -5, 0],
      ['more than all', -6, 0],
    ])('gives back %s', async (_name, hits, left) => {
      await counts(take('a', { hits: 5 }));
      expect(await counts(take('a', { hits }))).toEqual([left]);
      expect(await counts(take('a'))).toEqual([left + 1]);
    });

    test('gives nothing back to a counter that is not there', async () => {
      expect(await counts(take('a', { hits: -3 }))).toEqual([0]);
      expect(await counts(take('a'))).toEqual([1]);
    });

    test('saturates', async () => {
      const most = take('a', { hits: MAX_COUNT });
      expect(await counts(most, most, take('a'))).toEqual([MAX_COUNT, MAX_COUNT, MAX_COUNT]);
      expect(await counts(take('a', { hits: -1 }))).toEqual([MAX_COUNT - 1]);
    });

    test('windows count apart', async () => {
      const next = take('a', {
        meter: { kind: 'window', startMs: NOW + MINUTE_MS, endMs: NOW + 2 * MINUTE_MS },
      });
      expect(await counts(take('a'), next, take('a'), next)).toEqual([1, 1, 2, 2]);
    });

    test('tells when a window ends', async () => {
      expect(await store.take([take('a', { limit: 5 })], NOW + 20_000)).toEqual({
        kind: 'counted',
        readings: [{ isOver: false, remaining: 4, resetMs: 40_000 }],
      });
    });

    test.each(['', ' ', 'a\r\nb', '\u0000', '{x}', 'x'.repeat(1_000), 'ключ', '%s'])(
      'takes the key %j as it is',
      async (key) => {
        expect(await counts(take(key), take(`${key}.`), take(key))).toEqual([1, 1, 2]);
      },
    );

    test('many calls at once lose no hit', async () => {
      const calls = Array.from({ length: 500 }, async () =>
        store.take([take('a'), take('b', { hits: 2 })], NOW),
      );
      await Promise.all(calls);
      expect(await counts(take('a', { hits: 0 }), take('b', { hits: 0 }))).toEqual([500, 1_000]);
    });

    test('many takes in one call', async () => {
      const takes = Array.from({ length: 1_000 }, (_, index) => take(`k${index % 10}`));
      const taken = await counts(...takes);
      expect(taken.slice(-10)).toEqual(Array.from({ length: 10 }, () => 100));
    });
  });

  describe(`${name} keeps the contract of a store: limits`, () => {
    const over = (key: string, more: Partial<Take> = {}) => take(key, { limit: 0, ...more });

    test('is over from the first hit above the limit, and counts on', async () => {
      const one = take('a', { limit: 2 });
      expect(await standings([one, one, one])).toEqual(['1 left', '0 left', 'over']);
      expect(await counts(take('a', { hits: 0 }))).toEqual([3]);
    });

    test('limits of one counter may differ', async () => {
      expect(await standings([take('a', { limit: 9 }), take('a', { limit: 1 })])).toEqual(['8 left', 'over']);
    });

    test('spared hits do not count where they are over', async () => {
      const spared = take('a', { limit: 1, isSpared: true });
      expect(await standings([spared])).toEqual(['0 left']);
      expect(await standings([spared])).toEqual(['over']);
      expect(await counts(take('a', { hits: 0 }))).toEqual([1]);
    });

    test('spared hits do not count where another limit denies the call', async () => {
      const spared = take('a', { limit: 5, isSpared: true });
      expect(await standings([spared, over('b'), take('c', { limit: 5 })])).toEqual([
        '5 left',
        'over',
        '4 left',
      ]);
      expect(await standings([spared, over('b', { isEnforced: false })])).toEqual(['4 left', 'over']);
    });

    test('spared hits do not count where all quota rules of the call are over, and do where one is not', async () => {
      const spared = take('a', { limit: 5, isSpared: true });
      const quota = { isEnforced: false, isQuota: true };
      expect(await standings([spared, over('b', quota), over('c', quota)])).toEqual([
        '5 left',
        'over',
        'over',
      ]);
      expect(await standings([spared, over('b', quota), take('d', { limit: 5, ...quota })])).toEqual([
        '4 left',
        'over',
        '4 left',
      ]);
    });

    test('what is given back counts in a call that is denied', async () => {
      await counts(take('a', { hits: 5 }));
      await standings([take('a', { hits: -2, isSpared: true }), over('b')]);
      expect(await counts(take('a', { hits: 0 }))).toEqual([3]);
    });
  });

  describe(`${name} keeps the contract of a store: sliding`, () => {
    const one = take('s', { meter: sliding, limit: 3, isSpared: true });
    const many = (hits: number) => ({ ...one, hits });

    test('counts a hit until its slice is a length ago', async () => {
      expect(await standings([many(2)])).toEqual(['1 left']);
      expect(await standings([many(1)], NOW + 30_000)).toEqual(['0 left']);
      expect(await standings([one], NOW + 65_999)).toEqual(['over']);
      expect(await standings([one], NOW + 66_000)).toEqual(['1 left']);
    });

    test('tells when the hits would fit', async () => {
      await standings([many(3)]);
      const taken = await store.take([one], NOW + 10_000);
      expect(taken).toMatchObject({ readings: [{ isOver: true, remaining: 0, resetMs: 56_000 }] });
    });

    test('gives back the newest, and not below nothing', async () => {
      await standings([many(3)]);
      expect(await standings([many(-2)])).toEqual(['2 left']);
      expect(await standings([many(-9)])).toEqual(['3 left']);
    });

    test('with nothing left is as new, also where the clock has stepped back', async () => {
      await standings([many(1)], NOW + 6_000);
      await standings([many(-1)], NOW + 6_000);
      expect(await store.take([one], NOW + 5_999)).toMatchObject({ readings: [{ resetMs: 60_001 }] });
    });

    test('is kept beside a window of the same key', async () => {
      expect(await standings([one])).toEqual(['2 left']);
      expect(await counts(take('other'))).toEqual([1]);
      expect(await standings([{ ...one, hits: 0 }])).toEqual(['2 left']);
    });
  });

  describe(`${name} keeps the contract of a store: buckets`, () => {
    const one = take('b', { meter: bucket, limit: 60, isSpared: true });

    test('holds its burst, and fills evenly', async () => {
      expect(await standings([{ ...one, hits: 10 }])).toEqual(['0 left']);
      expect(await standings([one])).toEqual(['over']);
      expect(await standings([one, one], NOW + SECOND_MS)).toEqual(['1 left', 'over']);
      expect(await standings([{ ...one, hits: 0 }], NOW + 6 * SECOND_MS)).toEqual(['6 left']);
    });

    test('tells when the hits would fit', async () => {
      await standings([{ ...one, hits: 10 }]);
      const taken = await store.take([{ ...one, hits: 3 }], NOW + SECOND_MS);
      expect(taken).toMatchObject({ readings: [{ isOver: true, resetMs: 2_000 }] });
    });

    test('gives back up to its burst', async () => {
      await standings([{ ...one, hits: 4 }]);
      expect(await standings([{ ...one, hits: -9 }])).toEqual(['10 left']);
    });

    test('empty is as new, also where the clock has stepped back', async () => {
      await standings([{ ...one, hits: 3 }]);
      await standings([{ ...one, hits: -3 }]);
      expect(await store.take([one], NOW - 1)).toMatchObject({
        readings: [{ remaining: 9, resetMs: 1_000 }],
      });
    });

    test('a limit of 0 lets nothing through', async () => {
      expect(await standings([{ ...one, limit: 0 }])).toEqual(['over']);
    });
  });

  describe(`${name} keeps the contract of a store: concurrency`, () => {
    const start = take('c', { meter: concurrency, limit: 2 });
    const end = { ...start, hits: -1 };

    test('counts what is under way', async () => {
      expect(await standings([start, start, start])).toEqual(['1 left', '0 left', 'over']);
      expect(await standings([end, end, start])).toEqual(['0 left', '1 left', '0 left']);
    });

    test('what is never ended ends by itself', async () => {
      await standings([start, start]);
      expect(await standings([start], NOW + 65_000)).toEqual(['over']);
      expect(await standings([end, end, start], NOW + 132_000)).toEqual(['2 left', '2 left', '1 left']);
    });
  });
}
