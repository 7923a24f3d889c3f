import { describe, expect, test } from '@jest/globals';

import { parseDuration, parseRate, parseSize, parseTime } from './units.ts';

describe('parseDuration', () => {
  test.each([
    ['0s', 0],
    ['250ms', 250],
    ['5s', 5_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ])('reads %s', (typed, expected) => {
    expect(parseDuration(typed)).toBe(expected);
  });

  test.each(['', '5', 's', '1.5s', '-1s', '1 s', '5S', '1us', '1w', '5s ', '1e3s', '9999999999s', '１s'])(
    'refuses %j',
    (typed) => {
      expect(parseDuration(typed)).toBeUndefined();
    },
  );
});

describe('parseSize', () => {
  test.each([
    ['512B', 512],
    ['64KiB', 65_536],
    ['1MiB', 1_048_576],
  ])('reads %s', (typed, expected) => {
    expect(parseSize(typed)).toBe(expected);
  });

  test.each(['', '64', '64KB', '64kib', '1GiB', '1.5MiB', '-1B'])('refuses %j', (typed) => {
    expect(parseSize(typed)).toBeUndefined();
  });
});

describe('parseRate', () => {
  test.each([
    ['0/s', { requests: 0, unit: 'second', every: 1 }],
    ['100/s', { requests: 100, unit: 'second', every: 1 }],
    ['20/minute', { requests: 20, unit: 'minute', every: 1 }],
    ['7/h', { requests: 7, unit: 'hour', every: 1 }],
    ['4294967295/d', { requests: 4_294_967_295, unit: 'day', every: 1 }],
    ['1/week', { requests: 1, unit: 'week', every: 1 }],
    ['1/month', { requests: 1, unit: 'month', every: 1 }],
    ['100/10m', { requests: 100, unit: 'minute', every: 10 }],
    ['5/12month', { requests: 5, unit: 'month', every: 12 }],
    ['1/year', { requests: 1, unit: 'year', every: 1 }],
  ])('reads %s', (typed, expected) => {
    expect(parseRate(typed)).toEqual(expected);
  });

  test.each([
    '',
    '100',
    '/s',
    '100/',
    '100/x',
    '100/S',
    '1.5/s',
    '-1/s',
    '4294967296/s',
    '1/0m',
    '1/010m',
    '1/1.5h',
    '1/2year',
    '1/366d',
    '1/toString',
    '1/constructor',
  ])('refuses %j', (typed) => {
    expect(parseRate(typed)).toBeUndefined();
  });
});

describe('parseTime', () => {
  test.each([
    ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
    ['2026-01-01T00:00:00.5Z', Date.UTC(2026, 0, 1) + 500],
    ['2026-01-01T08:00:00+08:00', Date.UTC(2026, 0, 1)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
  ])('reads %s', (typed, expected) => {
    expect(parseTime(typed)).toBe(expected);
  });

  test.each([
    '',
    '2026-01-01',
    '2026-01-01T00:00:00',
    '2026-01-01 00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-32T00:00:00Z',
    '2026-01-01T24:00:01Z',
    '2026-01-01T00:00:00+25:00',
    '1767225600',
  ])('refuses %j', (typed) => {
    expect(parseTime(typed)).toBeUndefined();
  });
});
