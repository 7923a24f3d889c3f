import { describe, expect, test } from '@jest/globals';
import type { RateUnit } from '@paymesh/common/policy';

import { windowAt } from './window.ts';

describe('windowAt', () => {
  test.each<[RateUnit, number, number, number]>([
    ['second', 1_234, 1_234, 1],
    ['minute', 1_234, 1_200, 60],
    ['hour', 1_000_000, 997_200, 3_600],
    ['day', 1_000_000, 950_400, 86_400],
    // The epoch was a Thursday, so weeks begin on one.
    ['week', Date.UTC(2026, 10, 21) / 1_000, Date.UTC(2026, 10, 19) / 1_000, 604_800],
    ['month', 2_592_001, 2_592_000, 2_592_000],
    ['year', 31_536_000, 31_536_000, 31_536_000],
    ['minute', 0, 0, 60],
    ['minute', -1, -60, 60],
  ])('%s at %i s starts at %i s and lasts %i s', (unit, now, start, length) => {
    const window = windowAt(unit, now * 1_000);
    expect([window.startMs / 1_000, window.lengthMs / 1_000]).toEqual([start, length]);
  });

  test.each([
    [0, 60],
    [999, 60],
    [1_000, 59],
    [59_000, 1],
    [59_999, 1],
    [60_000, 60],
  ])('at %i ms the minute ends in %i whole seconds', (nowMs, seconds) => {
    expect(windowAt('minute', nowMs).resetSeconds).toBe(seconds);
  });
});
