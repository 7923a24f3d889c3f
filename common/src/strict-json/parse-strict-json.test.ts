import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { parseStrictJson } from './parse-strict-json.ts';

const RULES = { maxDepth: 32 };

describe('parseStrictJson', () => {
  test('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), (text) => {
        const value: unknown = JSON.parse(text);
        expect(parseStrictJson(Buffer.from(text), RULES)).toEqual({ kind: 'value', value });
      }),
    );
  });

  test('gives an answer for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseStrictJson(bytes, { ...RULES, isExact: true }).kind).toBeDefined();
      }),
    );
  });

  test.each([
    ['one name twice', '{"minor":1,"minor":999}', { kind: 'repeated_name', name: 'minor' }],
    ['one name twice, once escaped', '{"minor":1,"m\\u0069nor":9}', { kind: 'repeated_name', name: 'minor' }],
    ['one name twice, further in', '[{"a":{"b":1,"c":{},"b":2}}]', { kind: 'repeated_name', name: 'b' }],
    ['__proto__ twice', '{"__proto__":1,"__proto__":2}', { kind: 'repeated_name', name: '__proto__' }],
    ['33 levels', '['.repeat(33) + ']'.repeat(33), { kind: 'too_deep' }],
    ['no JSON', '{"a":NaN}', { kind: 'malformed' }],
    ['two values', '{}{}', { kind: 'malformed' }],
    ['nothing', '', { kind: 'malformed' }],
  ])('refuses %s', (_what, text, answer) => {
    expect(parseStrictJson(Buffer.from(text), RULES)).toEqual(answer);
  });

  test.each([
    '0',
    '-1',
    '9007199254740991',
    '1e3',
    '10.50',
    '123456789012.345',
    '0.0',
    '-0.000e99',
    '1E-300',
  ])('takes %s for exact', (text) => {
    expect(parseStrictJson(Buffer.from(`[${text}]`), { ...RULES, isExact: true }).kind).toBe('value');
  });

  test.each(['9007199254740993', '1000.0000000000000001', '1e999', '1e-320', '1234567890123456.5'])(
    'refuses %s when numbers must be exact',
    (text) => {
      expect(parseStrictJson(Buffer.from(`{"a":${text}}`), { ...RULES, isExact: true })).toEqual({
        kind: 'inexact_number',
      });
      expect(parseStrictJson(Buffer.from(`{"a":${text}}`), RULES).kind).toBe('value');
    },
  );

  test('leaves numbers inside texts alone', () => {
    const text = Buffer.from('{"1e999":"9007199254740993 \\" 1e999"}');
    expect(parseStrictJson(text, { ...RULES, isExact: true }).kind).toBe('value');
  });
});
