import { describe, expect, test } from '@jest/globals';

import { type Demand, demandsIn, nextDemand } from './demand.ts';

const fresh: Demand = { perSecond: undefined, atMs: 0 };

describe('nextDemand', () => {
  test('the first rate is taken as it is', () => {
    expect(nextDemand(fresh, 500, 5_000)).toEqual({ perSecond: 100, atMs: 5_000 });
  });

  test('reports that come together are no flood', () => {
    expect(nextDemand(fresh, 1, 0).perSecond).toBe(4);
  });

  test('follows a change, for the most part within 10 s', () => {
    let demand = nextDemand(fresh, 500, 5_000);
    demand = nextDemand(demand, 0, 10_000);
    demand = nextDemand(demand, 0, 15_000);
    expect(demand.perSecond).toBeCloseTo(36.8, 1);
  });

  test('ends at none', () => {
    expect(nextDemand({ perSecond: 1, atMs: 0 }, 0, 120_000).perSecond).toBe(0);
  });
});

test('one that is not known is taken for the mean of the others', () => {
  const demands = [{ perSecond: 2, atMs: 0 }, { perSecond: 4, atMs: 0 }, fresh];
  expect(demandsIn(60_000, demands)).toEqual([120, 240, 180]);
  expect(demandsIn(1_000, [fresh])).toEqual([0]);
});
