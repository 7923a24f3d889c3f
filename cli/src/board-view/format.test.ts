import { describe, expect, test } from '@jest/globals';

import { formatValue, scaleOf } from './format.ts';

describe('a value', () => {
  test.each([
    [0, 's', '0 s'],
    [0.00042, 's', '420 µs'],
    [0.0123, 's', '12.3 ms'],
    [1.5, 's', '1.5 s'],
    [90, 's', '1.5 min'],
    [7_200, 's', '2 h'],
    [1e-12, 's', '0 ns'],
    [2.5, 'ms', '2.5 ms'],
    [2_500, 'ms', '2.5 s'],
    [14, 'd', '14 d'],
    [0.25, 'd', '6 h'],
    [0.9995, 'percentunit', '100%'],
    [0.1234, 'percentunit', '12.3%'],
    [0, 'percentunit', '0%'],
    [999.9, 'reqps', '1K req/s'],
    [12.34, 'reqps', '12.3 req/s'],
    [-1_500, 'short', '-1.5 K'],
    [1_536, 'bytes', '1.5 KiB'],
    [3, 'boxes', '3 boxes'],
    [3, 'constructor', '3 constructor'],
    [3, '', '3'],
  ])('%d in %s is %s', (value, unit, expected) => {
    expect(formatValue(value, scaleOf(unit, undefined))).toBe(expected);
  });

  test('has the digits that its panel wants', () => {
    expect(formatValue(1, scaleOf('short', 2))).toBe('1.00');
    expect(formatValue(0.99951, scaleOf('percentunit', 3))).toBe('99.951%');
  });

  test('on an axis differs from its neighbours', () => {
    const scale = scaleOf('percentunit', undefined);
    expect([0.9992, 0.9994, 0.9996].map((value) => formatValue(value, scale, 0.0002))).toEqual([
      '99.92%',
      '99.94%',
      '99.96%',
    ]);
  });
});
