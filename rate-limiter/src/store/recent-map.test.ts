import { describe, expect, test } from '@jest/globals';

import { createRecentMap } from './recent-map.ts';

describe('createRecentMap', () => {
  test('keeps what is asked for, and forgets the rest', () => {
    const map = createRecentMap<number>(10);
    map.set('kept', 0);
    map.set('forgotten', 0);
    for (let index = 1; index <= 100; index += 1) {
      map.set(`k${index}`, index);
      expect(map.get('kept')).toBe(0);
    }
    expect(map.get('forgotten')).toBeUndefined();
    expect(map.get('k95')).toBe(95);
    const left = Array.from({ length: 100 }, (_, index) => map.get(`k${index}`)).filter(
      (value) => value !== undefined,
    );
    expect(left.length).toBeLessThanOrEqual(20);
  });

  test('a new value stands for the old one', () => {
    const map = createRecentMap<number>(1);
    map.set('a', 1);
    map.set('b', 1);
    map.set('a', 2);
    expect(map.get('a')).toBe(2);
  });
});
