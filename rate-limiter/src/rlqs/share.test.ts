import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { share } from './share.ts';

const sum = (shares: readonly number[]): number => shares.reduce((all, one) => all + one, 0);

const inputs = fc.record({
  limit: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 4_294_967_295 })),
  demands: fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1e9, noNaN: true })), {
    minLength: 1,
    maxLength: 40,
  }),
  turn: fc.nat(1_000_000),
});

describe('share', () => {
  test('gives whole numbers whose sum is the limit, or one to each who asks', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const shares = share(input);
        expect(shares.every((one) => Number.isInteger(one) && one >= 0)).toBe(true);
        expect(sum(shares)).toBe(input.limit);
      }),
      { numRuns: 2_000 },
    );
  });

  test('refuses nobody who asks while there is one request for each of them', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const asking = input.demands.filter((demand) => demand > 0).length;
        fc.pre(input.limit >= asking);
        const shares = share(input);
        expect(shares.filter((one, index) => one === 0 && (input.demands[index] ?? 0) > 0)).toEqual([]);
      }),
    );
  });

  test('where there is not, each has a turn', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 20 }), fc.integer({ min: 1, max: 19 }), (streams, limit) => {
        fc.pre(limit < streams);
        const demands = Array.from({ length: streams }, () => 5);
        const turns = Array.from({ length: streams }, (_, turn) => share({ limit, demands, turn }));
        for (const index of demands.keys()) expect(turns.some((shares) => shares[index] === 1)).toBe(true);
      }),
    );
  });

  test('keeps shares that still fit, and their sum', () => {
    fc.assert(
      fc.property(inputs, fc.double({ min: 0.99, max: 1.01, noNaN: true }), (input, change) => {
        fc.pre(input.limit >= input.demands.length * 10);
        const before = share(input);
        const demands = input.demands.map((demand, index) => (index === 0 ? demand * change : demand));
        const after = share({ ...input, demands }, before);
        expect(sum(after)).toBe(input.limit);
        const isNear = demands.every((demand) => demand > 1);
        if (isNear && sum(demands) > input.limit) expect(after).toEqual(before);
      }),
    );
  });

  test.each<[string, number, readonly number[], readonly number[]]>([
    ['an even part of what nobody asks for', 100, [10, 0], [55, 45]],
    ['by demand where all is asked for', 1_000, [8_000, 1_500, 500], [790, 154, 56]],
    ['who asks before who does not', 1, [0, 3], [0, 1]],
    ['all to the only one', 7, [0], [7]],
    ['nothing of nothing', 0, [5, 5], [0, 0]],
  ])('gives %s', (_name, limit, demands, expected) => {
    expect(share({ limit, demands, turn: 0 })).toEqual(expected);
  });

  test('changes for one who begins to ask', () => {
    expect(share({ limit: 2, demands: [9, 0], turn: 0 })).toEqual([2, 0]);
    expect(share({ limit: 2, demands: [9, 1], turn: 0 }, [2, 0])).toEqual([1, 1]);
  });
});
