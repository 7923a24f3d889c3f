import { expect, test } from '@jest/globals';
import { createFakeClock } from '@paymesh/common/testing';

import { indexOverrides, type Override } from '../overrides/index.ts';
import { createOverrideChanges } from './override-changes.ts';

const of = (value: string, untilMs?: number): Override => ({
  domain: 'shop',
  label: 'user',
  entries: [{ key: 'user', value }],
  requests: 1,
  ...(untilMs !== undefined && { untilMs }),
});

test('overrides have changed once for each put, removal and end', () => {
  const clock = createFakeClock(1_000);
  let current = indexOverrides([of('old', 500)]);
  const hasChanged = createOverrideChanges(() => current, clock);
  const twice = () => [hasChanged(), hasChanged()];
  expect(twice()).toEqual([false, false]);
  current = indexOverrides([of('a', 3_000), of('b', 2_000), of('c')]);
  expect(twice()).toEqual([true, false]);
  clock.advance(999);
  expect(twice()).toEqual([false, false]);
  clock.advance(1);
  expect(twice()).toEqual([true, false]);
  clock.advance(1_000);
  expect(twice()).toEqual([true, false]);
  clock.advance(1_000_000);
  expect(twice()).toEqual([false, false]);
  current = indexOverrides([]);
  expect(twice()).toEqual([true, false]);
});
