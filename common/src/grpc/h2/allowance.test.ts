import { expect, test } from '@jest/globals';

import { Allowance } from './allowance.ts';

const RATE = { burst: 2, perSecond: 10 };

function takeAll(allowance: Allowance, nowMs: number): number {
  let taken = 0;
  while (taken < 100 && allowance.take(nowMs)) taken += 1;
  return taken;
}

test('gives the burst, then so many a second, and never more than the burst at once', () => {
  const allowance = new Allowance(RATE, 0);
  expect(takeAll(allowance, 0)).toBe(2);
  expect(takeAll(allowance, 99)).toBe(0);
  expect(takeAll(allowance, 100)).toBe(1);
  expect(takeAll(allowance, 60_000)).toBe(2);
});

test('takes back what is earned, up to the burst', () => {
  const allowance = new Allowance(RATE, 0);
  takeAll(allowance, 0);
  allowance.earn(1);
  expect(takeAll(allowance, 0)).toBe(1);
  allowance.earn(1_000);
  expect(takeAll(allowance, 0)).toBe(2);
});
