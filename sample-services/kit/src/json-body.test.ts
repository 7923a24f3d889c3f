import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { parseJson, readJsonBody } from './json-body.ts';

describe('parseJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(parseJson(Buffer.from(text))).toEqual({ ok: true, value });
      }),
    );
  });

  test.each([
    ['one name in two objects', '{"a":{"b":1},"c":{"b":2},"b":3}'],
    ['braces and colons inside texts', '{"a":"{\\"a\\":[","b":":]}"}'],
    ['32 levels', '['.repeat(32) + ']'.repeat(32)],
    ['a byte order mark', '\uFEFF{}'],
  ])('accepts %s', (_what, text) => {
    expect(parseJson(Buffer.from(text)).ok).toBe(true);
  });

  test.each([
    ['one name twice', '{"minor":1,"minor":999}', '"minor" twice'],
    ['one name twice, once escaped', '{"minor":1,"m\\u0069nor":999}', '"minor" twice'],
    ['one name twice, further in', '[{"a":{"b":1,"c":{},"b":2}}]', '"b" twice'],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), '32 levels'],
    ['a depth that no stack holds', '{"a":'.repeat(9_000) + 1 + '}'.repeat(9_000), '32 levels'],
    ['no JSON', '{"a":NaN}', 'JSON in UTF-8'],
    ['nothing', '', 'JSON in UTF-8'],
  ])('refuses %s', (_what, text, reason) => {
    expect(parseJson(Buffer.from(text))).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22])).ok).toBe(false);
  });
});

describe('readJsonBody', () => {
  test.each([
    { 'content-type': 'application/json' },
    { 'content-type': 'application/json;charset="UTF-8"', 'content-encoding': 'identity' },
  ])('reads under %j', (headers) => {
    expect(readJsonBody(headers, Buffer.from('{}'))).toEqual({});
  });

  test.each([
    { 'content-type': 'application/json; charset=utf-16' },
    { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  ])('refuses %j', (headers) => {
    expect(() => readJsonBody(headers, Buffer.from('{}'))).toThrow('not compressed');
  });
});
