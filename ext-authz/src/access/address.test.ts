import { describe, expect, test } from '@jest/globals';

import { isWithin, parseAddress } from './address.ts';

describe('parseAddress', () => {
  test.each([
    ['10.0.0.1', '0a000001'],
    ['::1', '00000000000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['2001:db8::8:0', '20010db8000000000000000000080000'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:10.0.0.1', '0a000001'],
    ['::ffff:a00:1', '0a000001'],
  ])('reads %s', (text, hex) => {
    expect(parseAddress(text)?.toString('hex')).toBe(hex);
  });

  test.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1/8',
    '1::2::3',
    '1:2:3:4:5:6:7:8::',
    ':::',
    'g::',
    '12345::',
    '1:2',
    '::1%eth0',
    '1.2.3.4::',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });
});

describe('isWithin', () => {
  test.each([
    ['10.1.2.3', '10.0.0.0', 8, true],
    ['11.1.2.3', '10.0.0.0', 8, false],
    ['11.1.2.3', '10.0.0.0', 7, true],
    ['10.0.0.1', '10.0.0.1', 32, true],
    ['10.0.0.2', '10.0.0.1', 32, false],
    ['1.2.3.4', '0.0.0.0', 0, true],
    ['::1', '0.0.0.0', 0, false],
    ['2001:db8::1', '2001:db8::', 33, true],
  ])('%s in %s/%i is %s', (address, range, prefix, is) => {
    expect(
      isWithin(parseAddress(address) ?? Buffer.alloc(0), parseAddress(range) ?? Buffer.alloc(0), prefix),
    ).toBe(is);
  });
});
