import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { MAX_COUNT } from '../algorithm/index.ts';
import type { CounterStore, Take } from './types.ts';

const NOW = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

/** A take of one hit in the minute of NOW. */
export function take(key: string, more: Partial<Take> = {}): Take {
  return { key, group: 'rule', windowStartMs: NOW, windowMs: MINUTE_MS, hits: 1, ...more };
}

/** What every store must do. `open` gives a store without counters. */
export function describeStore(name: string, open: () => Promise<CounterStore>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let store: CounterStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const counts = async (...takes: readonly Take[]) => {
      const taken = await store.take(takes, NOW);
      return taken.kind === 'counted' ? taken.counts : taken.reason;
    };

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

    test('windows and lengths count apart', async () => {
      const next = take('a', { windowStartMs: NOW + MINUTE_MS });
      expect(await counts(take('a'), next, take('a'), next)).toEqual([1, 1, 2, 2]);
    });

    test.each(['', ' ', 'a\r\nb', '\u0000', '{x}', 'x'.repeat(1_000), 'ключ', '%s'])(
      'takes the key %j as it is',
      async (key) => {
        expect(await counts(take(key), take(`${key}.`), take(key))).toEqual([1, 1, 2]);
      },
    );

    test('many calls at once lose no hit', async () => {
      const calls = Array.from({ length: 500 }, () => store.take([take('a'), take('b', { hits: 2 })], NOW));
      await Promise.all(calls);
      expect(await counts(take('a', { hits: 0 }), take('b', { hits: 0 }))).toEqual([500, 1_000]);
    });

    test('many takes in one call', async () => {
      const takes = Array.from({ length: 1_000 }, (_, index) => take(`k${index % 10}`));
      const taken = await counts(...takes);
      expect(taken.slice(-10)).toEqual(Array.from({ length: 10 }, () => 100));
    });
  });
}
