import { describe, expect, test } from '@jest/globals';

import {
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeItem,
  serializeList,
} from './index.ts';

function dictionary(...lines: readonly string[]): string {
  const parsed = parseDictionary(lines);
  return parsed.kind === 'parsed' ? serializeDictionary(parsed.value) : problem(parsed.fault);
}

function list(...lines: readonly string[]): string {
  const parsed = parseList(lines);
  return parsed.kind === 'parsed' ? serializeList(parsed.value) : problem(parsed.fault);
}

function item(text: string): string {
  const parsed = parseItem(text);
  return parsed.kind === 'parsed' ? serializeItem(parsed.value) : problem(parsed.fault);
}

function problem(fault: { problem: string; line: number; at: number }): string {
  return `${fault.problem} at ${fault.line}:${fault.at}`;
}

describe('an item', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['0042', '42'],
    ['999999999999999', '999999999999999'],
    ['-999999999999999', '-999999999999999'],
    ['1.5', '1.5'],
    ['1.500', '1.5'],
    ['1.0', '1.0'],
    ['-0.25', '-0.25'],
    ['-0.0', '0.0'],
    ['0.010', '0.01'],
    ['999999999999.999', '999999999999.999'],
    ['""', '""'],
    ['"a b"', '"a b"'],
    [String.raw`"\"\\"`, String.raw`"\"\\"`],
    ['*foo/bar:baz', '*foo/bar:baz'],
    ['::', '::'],
    [':YQ==:', ':YQ==:'],
    [':YWI=:', ':YWI=:'],
    ['?1', '?1'],
    ['?0', '?0'],
    ['@1659578233', '@1659578233'],
    ['@-1', '@-1'],
    ['%"f%c3%bc%25%22%41"', '%"f%c3%bc%25%22A"'],
    ['  1;  a;b=?0;c=2  ', '1;a;b=?0;c=2'],
    ['1;a=?1', '1;a'],
  ])('%s is %s', (text, canonical) => {
    expect(item(text)).toBe(canonical);
  });

  test.each([
    ['', 'expected_item at 0:0'],
    ['1000000000000000', 'bad_number at 0:0'],
    ['1.', 'bad_number at 0:0'],
    ['.1', 'expected_item at 0:0'],
    ['1.1234', 'bad_number at 0:0'],
    ['1234567890123.1', 'bad_number at 0:0'],
    ['-', 'bad_number at 0:0'],
    ['--1', 'bad_number at 0:0'],
    ['+1', 'expected_item at 0:0'],
    ['1e3', 'expected_end at 0:1'],
    ['0x1', 'expected_end at 0:1'],
    ['"a', 'unterminated at 0:2'],
    [String.raw`"\a"`, 'bad_character at 0:2'],
    ['"a\tb"', 'bad_character at 0:2'],
    ['"é"', 'bad_character at 0:1'],
    ['"\u007f"', 'bad_character at 0:1'],
    ["'a'", 'expected_item at 0:0'],
    [':YQ=:', 'bad_base64 at 0:1'],
    [':YQ:', 'bad_base64 at 0:1'],
    [':YR==:', 'bad_base64 at 0:1'],
    [':YWJ=:', 'bad_base64 at 0:1'],
    [':====:', 'bad_base64 at 0:1'],
    [':Y===:', 'bad_base64 at 0:1'],
    [':YQ==YQ==:', 'bad_base64 at 0:5'],
    [':YQ ==:', 'bad_base64 at 0:1'],
    [':_-8=:', 'bad_base64 at 0:1'],
    [':YQ==', 'unterminated at 0:5'],
    ['?2', 'bad_character at 0:1'],
    ['?', 'bad_character at 0:1'],
    ['@1.5', 'bad_number at 0:1'],
    ['@', 'bad_number at 0:1'],
    ['%"%C3%BC"', 'bad_character at 0:2'],
    ['%"%ff"', 'bad_utf8 at 0:6'],
    ['%"a', 'unterminated at 0:3'],
    ['%a', 'bad_character at 0:1'],
    ['1;a;a', 'duplicate_parameter at 0:4'],
    ['1;A', 'expected_key at 0:2'],
    ['1 ;a', 'expected_end at 0:2'],
    ['1;a =1', 'expected_end at 0:4'],
    ['1;a= 1', 'expected_item at 0:4'],
    ['1 2', 'expected_end at 0:2'],
    ['1\t', 'expected_end at 0:1'],
    ['1,', 'expected_end at 0:1'],
    ['(1)', 'expected_item at 0:0'],
  ])('%j is refused: %s', (text, why) => {
    expect(item(text)).toBe(why);
  });
});

test('an item has at most 256 parameters', () => {
  const withParameters = (count: number) =>
    `1${Array.from({ length: count }, (_, at) => `;a${at}`).join('')}`;
  expect(item(withParameters(256))).toBe(withParameters(256));
  expect(item(withParameters(257))).toMatch('too_many');
});

test('an inner list has at most 256 items', () => {
  const ofItems = (count: number) => `a=(${Array.from({ length: count }, (_, at) => at).join(' ')})`;
  expect(dictionary(ofItems(256))).toBe(ofItems(256));
  expect(dictionary(ofItems(257))).toMatch('too_many');
});

describe('a dictionary', () => {
  test.each([
    [[''], ''],
    [['a=1,    b=2;x=1;y=2,   c=(a   b   c), d'], 'a=1, b=2;x=1;y=2, c=(a b c), d'],
    [['a=(  "x";sf  "y" );k="v"\t,\tb'], 'a=("x";sf "y");k="v", b'],
    [['a=?1;q, b=?0'], 'a;q, b=?0'],
    [['a=()'], 'a=()'],
    [['*-_.0=1'], '*-_.0=1'],
    [['b=1', 'a=2'], 'b=1, a=2'],
  ])('%j is %s', (lines, canonical) => {
    expect(dictionary(...lines)).toBe(canonical);
  });

  test.each([
    [['a=1, a=2'], 'duplicate_key at 0:5'],
    [['a=1', 'b=1, a=2'], 'duplicate_key at 1:5'],
    [['a, a'], 'duplicate_key at 0:3'],
    [['a=1,'], 'trailing_comma at 0:4'],
    [['a=1,,b'], 'expected_key at 0:4'],
    [[',a'], 'expected_key at 0:0'],
    [['a=1', ''], 'expected_key at 1:0'],
    [['a=1 b=2'], 'expected_separator at 0:4'],
    [['a=1; b, A'], 'expected_key at 0:8'],
    [['a='], 'expected_item at 0:2'],
    [['a =1'], 'expected_separator at 0:2'],
    [['1=a'], 'expected_key at 0:0'],
    [['a=("x"'], 'unterminated at 0:6'],
    [['a=("x""y")'], 'expected_separator at 0:6'],
    [['a=("x",)'], 'expected_separator at 0:6'],
    [['a=(("x"))'], 'expected_item at 0:3'],
    [['a=("x"\t"y")'], 'expected_separator at 0:6'],
    // Joined by a comma these two lines would be one string.
    [['a=("x', 'y")'], 'unterminated at 0:5'],
    [['__proto__=1'], 'expected_key at 0:0'],
    [['a=1\u0000'], 'expected_separator at 0:3'],
  ])('%j is refused: %s', (lines, why) => {
    expect(dictionary(...lines)).toBe(why);
  });
});

describe('a list', () => {
  test('keeps order, repetition and inner lists over its lines', () => {
    expect(list('a,  b;q=1.0,(1   2)', 'a')).toBe('a, b;q=1.0, (1 2), a');
  });

  test.each([
    ['a,', 'trailing_comma at 0:2'],
    ['a b', 'expected_separator at 0:2'],
    ['a,,b', 'expected_item at 0:2'],
  ])('%j is refused: %s', (text, why) => {
    expect(list(text)).toBe(why);
  });
});
