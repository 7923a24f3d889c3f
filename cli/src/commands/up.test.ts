import { expect, test } from '@jest/globals';

import { defaultState } from './up.ts';

test('a second mesh keeps its databases apart from those of the first', () => {
  expect(defaultState(0)).toBe('.paymesh');
  expect(defaultState(100)).toBe('.paymesh/offset-100');
});
