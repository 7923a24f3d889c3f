import { expect, test } from '@jest/globals';

import { bindAddress, isHostName } from './index.ts';

test.each([
  ['10.0.0.7', '10.0.0.7'],
  ['fd00::7', 'fd00::7'],
  ['payments.pay.svc.cluster.local', '0.0.0.0'],
  ['payments', '0.0.0.0'],
])('a proxy that is known by %s listens on %s', (address, expected) => {
  expect(bindAddress(address)).toBe(expected);
  expect(isHostName(address)).toBe(expected === '0.0.0.0');
});
