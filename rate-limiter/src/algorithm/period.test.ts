import { describe, expect, test } from '@jest/globals';
import type { RateUnit } from '@paymesh/common/policy';

import { epochWindow, periodMs } from './period.ts';

describe('epochWindow', () => {
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
    const { startMs, endMs } = epochWindow({ unit, every: 1 }, now * 1_000);
    expect([startMs, endMs]).toEqual([start * 1_000, (start + length) * 1_000]);
  });

  test('takes multiples of a unit', () => {
    expect(periodMs({ unit: 'minute', every: 10 })).toBe(600_000);
    expect(epochWindow({ unit: 'minute', every: 10 }, 1_234_567)).toEqual({
      startMs: 1_200_000,
      endMs: 1_800_000,
    });
  });
});
