import { expect, test } from '@jest/globals';

import { printable } from './index.ts';

test.each([
  ['tenant=acme 支付 é', 'tenant=acme 支付 é'],
  ['\u001b[31mred\u001b[0m', '·[31mred·[0m'],
  ['a\nb\tc\r', 'a·b·c·'],
  ['\u009b31m \u007f', '·31m ·'],
  ['\u202Eevil\u2066', '·evil·'],
])('%j is shown as %s', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
