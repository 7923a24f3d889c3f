import { describe, expect, test } from '@jest/globals';

import { parseLogLine } from './parse-line.ts';

const GOOD = { time: 1_200, domain: 'shop', descriptors: [{ entries: { b: '1', a: '2' } }] };

describe('parseLogLine', () => {
  test.each([
    [GOOD, 1_200_000, 1],
    [{ ...GOOD, time: '1970-01-01T00:20:00.5Z' }, 1_200_500, 1],
    [{ ...GOOD, time: 1_200.25 }, 1_200_250, 1],
    [{ ...GOOD, hits: 3 }, 1_200_000, 3],
    [{ ...GOOD, hits: 3, descriptors: [{ ...GOOD.descriptors[0], hits: 0 }], method: 'GET' }, 1_200_000, 0],
    [
      {
        ...GOOD,
        descriptors: [
          {
            entries: [
              { key: 'b', value: '1' },
              { key: 'a', value: '2' },
            ],
          },
        ],
      },
      1_200_000,
      1,
    ],
  ])('takes %j', (json, timeMs, hits) => {
    const entries = [
      { key: 'b', value: '1' },
      { key: 'a', value: '2' },
    ];
    const request = { domain: 'shop', descriptors: [{ entries, hits }] };
    expect(parseLogLine(JSON.stringify(json))).toEqual({ kind: 'ok', line: { timeMs, request } });
  });

  test('reads what was decided then', () => {
    expect(parseLogLine(JSON.stringify({ ...GOOD, over: true }))).toMatchObject({ line: { wasOver: true } });
  });

  test.each([
    ['', 'no JSON object'],
    ['[]', 'no JSON object'],
    ['null', 'no JSON object'],
    [JSON.stringify({ ...GOOD, time: 'yesterday' }), 'time'],
    [JSON.stringify({ ...GOOD, time: null }), 'time'],
    [JSON.stringify({ ...GOOD, time: -1 }), 'time'],
    [JSON.stringify({ ...GOOD, time: Date.parse('2026-11-27') }), 'up to the year 9999'],
    [JSON.stringify({ ...GOOD, time: 1e18 }), 'time'],
    ['{"time":1,"domain":"d","descriptors":[{"entries":{"tenant":"a","1":"b"}}]}', 'with a number for a key'],
    [JSON.stringify({ ...GOOD, domain: '' }), 'domain'],
    [JSON.stringify({ ...GOOD, descriptors: [] }), 'descriptors'],
    [JSON.stringify({ ...GOOD, descriptors: [{ entries: 'a=b' }] }), 'descriptors'],
    [JSON.stringify({ ...GOOD, descriptors: [{ entries: { a: 1 } }] }), 'descriptors'],
    [JSON.stringify({ ...GOOD, hits: 1.5 }), 'hits'],
    [JSON.stringify({ ...GOOD, over: 'yes' }), 'over'],
  ])('refuses %s', (text, message) => {
    expect(parseLogLine(text)).toEqual({ kind: 'error', message: expect.stringContaining(message) });
  });
});
