import { describe, expect, test } from '@jest/globals';

import { parseTimeoutMs } from './parse-timeout.ts';

describe('parseTimeoutMs', () => {
  test.each([
    ['1H', 3_600_000],
    ['2M', 120_000],
    ['3S', 3_000],
    ['300m', 300],
    ['1500u', 2],
    ['1n', 1],
    ['0m', 0],
    ['99999999H', 2_147_483_647],
  ])('%s is %i ms', (text, ms) => {
    expect(parseTimeoutMs(text)).toBe(ms);
  });

  test.each(['', '1', 'm', '-1m', '+1m', '1.5S', '1e3m', ' 1m', '1m ', '123456789m', '1s', '1x'])(
    '"%s" is malformed',
    (text) => {
      expect(parseTimeoutMs(text)).toBeUndefined();
    },
  );
});
