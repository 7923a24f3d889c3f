import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { createDice } from './dice.ts';

describe('createDice', () => {
  test('hits exactly the share of each hundred, for every seed', () => {
    fc.assert(
      fc.property(fc.nat({ max: 1_000_000 }), fc.integer({ min: 0, max: 100 }), (seed, percent) => {
        const dice = createDice(seed);
        const hits = Array.from({ length: 100 }, () => dice.isHit('x', percent)).filter(Boolean);
        expect(hits).toHaveLength(percent);
      }),
    );
  });

  test('falls the same way again with the same seed, and names do not disturb each other', () => {
    const one = createDice(7);
    const other = createDice(7);
    const first = Array.from({ length: 50 }, () => one.isHit('x', 30));
    const second = Array.from({ length: 50 }, () => {
      other.isHit('y', 30);
      return other.isHit('x', 30);
    });
    expect(second).toEqual(first);
  });
});
