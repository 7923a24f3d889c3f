import { describe, expect, test } from '@jest/globals';

import { createTopKeys, type KeyHits } from './top-keys.ts';

const MINUTE_MS = 60_000;

function hits(user: string, more: Partial<KeyHits> = {}): KeyHits {
  const entries = [{ key: 'user', value: user }];
  return { domain: 'shop', label: 'user', key: user, entries, hits: 1, isOver: false, ...more };
}

describe('createTopKeys', () => {
  test('ranks keys by hits, and by hits that were over', () => {
    const top = createTopKeys();
    top.add(hits('a', { hits: 9 }), 0);
    top.add(hits('b', { hits: 2, isOver: true }), 0);
    top.add(hits('b', { hits: 3, isOver: true }), 0);
    const [a, b] = [
      { label: 'user', entries: ['user=a'], count: 9, error: 0 },
      { label: 'user', entries: ['user=b'], count: 5, error: 0 },
    ];
    expect(top.list({ domain: 'shop', by: 'hits' }, 0)).toEqual({ sinceMs: 0, keys: [a, b] });
    expect(top.list({ domain: 'shop', by: 'over' }, 0)).toEqual({ sinceMs: 0, keys: [b] });
    expect(top.list({ domain: 'other', by: 'over' }, 0).keys).toEqual([]);
  });

  test('forgets after ten minutes, not before five', () => {
    const top = createTopKeys();
    top.add(hits('a'), 0);
    top.add(hits('a'), 5 * MINUTE_MS);
    const count = (minute: number) =>
      top.list({ domain: 'shop', by: 'hits' }, minute * MINUTE_MS).keys[0]?.count;
    expect([count(9), count(10), count(20)]).toEqual([2, 1, undefined]);
  });

  test('holds a hundred keys of at most a hundred characters, whatever comes', () => {
    const top = createTopKeys();
    for (let i = 0; i < 10_000; i += 1) top.add(hits(`${i}${'x'.repeat(5_000)}`), 0);
    const { keys } = top.list({ domain: 'shop', by: 'hits' }, 0);
    expect(keys.length).toBe(100);
    expect(Math.max(...keys.flatMap(({ entries }) => entries.map(({ length }) => length)))).toBe(101);
  });

  test('a hit that is given back is none', () => {
    const top = createTopKeys();
    top.add(hits('a', { hits: -1 }), 0);
    expect(top.list({ domain: 'shop', by: 'hits' }, 0).keys).toEqual([]);
  });
});
