import { expect, test } from '@jest/globals';

import { retryDelayMs } from './retry-delay.ts';

test.each([
  [0, 0, 50],
  [0, 0.5, 500],
  [0, 1, 1_000],
  [1, 1, 2_000],
  [3, 1, 8_000],
  [4, 1, 15_000],
  [1_000_000, 1, 15_000],
  [1_000_000, 0.1, 1_500],
])('try %i waits, with %d drawn, %i ms', (attempt, random, expected) => {
  expect(retryDelayMs(attempt, random)).toBe(expected);
});
