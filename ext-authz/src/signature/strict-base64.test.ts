import { describe, expect, test } from '@jest/globals';

import { decodeBase64 } from './strict-base64.ts';

describe('decodeBase64', () => {
  test('reads standard base64', () => {
    expect(decodeBase64('+/8=')).toEqual(Buffer.from([0xfb, 0xff]));
  });

  test.each([
    ['nothing', ''],
    ['a space where a plus was', ' /8='],
    ['the URL alphabet', '-_8='],
    ['no padding', '+/8'],
    ['too much padding', '+/8=='],
    ['spare bits', '+/9='],
    ['bytes after the end', '+/8=AA=='],
    ['white space after the end', '+/8=\n'],
    ['more than allowed', 'A'.repeat(1_372)],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
