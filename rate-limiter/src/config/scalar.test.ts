import { describe, expect, test } from '@jest/globals';
import { isScalar, parseDocument } from 'yaml';

import { type ScalarKind, scalarInteger, scalarKind } from './scalar.ts';

function scalarOf(text: string) {
  const { contents } = parseDocument(text, { schema: 'failsafe', logLevel: 'silent' });
  if (!isScalar(contents)) throw new Error(`not a scalar: ${text}`);
  return contents;
}

describe('scalarKind reads as the YAML 1.1 reader of envoyproxy/ratelimit', () => {
  const cases: readonly (readonly [text: string, kind: ScalarKind])[] = [
    ['0.1_0', 'float'],
    ['1_000.5', 'float'],
    ['-_1.5', 'float'],
    ['08', 'float'],
    ['1.', 'float'],
    ['.5', 'float'],
    ['.5_0', 'text'],
    ['_1.5', 'text'],
    ['-.INF', 'float'],
    // Hexadecimal digits of a digest: too large for a number, so a text.
    ['7e12345', 'text'],
    ['7e123', 'float'],
    ['9223372036854775807', 'integer'],
    ['9223372036854775808', 'float'],
    ['-9223372036854775808', 'integer'],
    ['-9223372036854775809', 'float'],
    ['0xFFFFFFFFFFFFFFFF', 'float'],
    ['18446744073709551616', 'float'],
    // An address: more than 64 bits of hexadecimal are a text.
    ['0x52908400098527886E0F7030069857D2E4169EE7', 'text'],
    ['0x', 'text'],
    ['0x_', 'text'],
    ['0_7', 'integer'],
    ['+_5', 'integer'],
    ['_5', 'text'],
    ['!!str 5', 'text'],
    ['!!str true', 'text'],
    ['!!str', 'text'],
    ['yes', 'boolean'],
    ['"yes"', 'text'],
    ['~', 'null'],
    ['2024-01-01', 'text'],
    ['1:30', 'text'],
  ];

  test.each(cases)('%s is %s', (text, kind) => {
    expect(scalarKind(scalarOf(text))).toBe(kind);
  });
});

describe('scalarInteger', () => {
  test.each([
    ['0x10', 16],
    ['010', 8],
    ['0o17', 15],
    ['0b11', 3],
    ['1_000', 1_000],
    ['+_5', 5],
    ['-0x1F', -31],
    ['-0', 0],
    ['00', 0],
  ])('%s is %d', (text, value) => {
    expect(scalarInteger(scalarOf(text))).toBe(value);
  });
});
