import { describe, expect, test } from '@jest/globals';

import { GOOD_BEHAVIOUR, parseBehaviour } from './behaviour.ts';

describe('parseBehaviour', () => {
  test.each([
    [{}, GOOD_BEHAVIOUR],
    [
      { delayMs: 2000, delayPercent: 30 },
      { ...GOOD_BEHAVIOUR, delayMs: 2000, delayPercent: 30 },
    ],
    [{ dropAfterCommit: true }, { ...GOOD_BEHAVIOUR, dropAfterCommit: true }],
  ])('reads %j', (given, value) => {
    expect(parseBehaviour(given)).toEqual({ ok: true, value });
  });

  test.each([
    [undefined, 'must be an object'],
    [[], 'must be an object'],
    [{ delay: 1 }, 'unknown field "delay"; known are delayMs'],
    [{ toString: 1 }, 'unknown field "toString"'],
    [{ delayMs: 10_001 }, 'delayMs must be a whole number from 0 to 10000'],
    [{ errorPercent: -1 }, 'errorPercent must be'],
    [{ errorStatus: 200 }, 'errorStatus must be a whole number from 400 to 599'],
    [{ errorPercent: '50' }, 'errorPercent must be'],
    [{ dropAfterCommit: 1 }, 'dropAfterCommit must be true or false'],
  ])('refuses %j', (given, reason) => {
    expect(parseBehaviour(given)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});
