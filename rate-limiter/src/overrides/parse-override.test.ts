import { describe, expect, test } from '@jest/globals';

import { parseOverride } from './parse-override.ts';

const GOOD = { domain: 'shop', label: 'user', entries: [{ key: 'user', value: 'a' }], requests: 5 };

describe('parseOverride', () => {
  test.each([[GOOD], [{ ...GOOD, untilMs: 1_000 }], [{ ...GOOD, requests: 0 }]])('takes %j', (json) => {
    expect(parseOverride(json)).toEqual({ kind: 'ok', value: json });
  });

  test.each([
    [null, 'expected a JSON object'],
    [[], 'expected a JSON object'],
    [{ ...GOOD, limit: 1 }, 'limit: no such field'],
    [{ ...GOOD, domain: '' }, 'domain: expected'],
    [{ ...GOOD, label: 7 }, 'label: expected'],
    [{ ...GOOD, entries: [] }, 'entries: expected a list'],
    [{ ...GOOD, entries: [{ key: 'a' }] }, 'entries: each is'],
    [{ ...GOOD, entries: [{ key: 'a', value: 'b', more: 1 }] }, 'entries: each is'],
    [{ ...GOOD, entries: [{ key: 'a', value: 'b'.repeat(1_001) }] }, 'entries: each is'],
    [{ ...GOOD, entries: [...GOOD.entries, ...GOOD.entries] }, 'entries: a key stands there twice'],
    [{ ...GOOD, requests: -1 }, 'requests: expected'],
    [{ ...GOOD, requests: 1.5 }, 'requests: expected'],
    [{ ...GOOD, requests: '5' }, 'requests: expected'],
    [{ ...GOOD, requests: 2 ** 32 }, 'requests: expected'],
    [{ ...GOOD, untilMs: 'soon' }, 'untilMs: expected'],
  ])('refuses %j', (json, message) => {
    expect(parseOverride(json)).toEqual({ kind: 'error', message: expect.stringContaining(message) });
  });
});
