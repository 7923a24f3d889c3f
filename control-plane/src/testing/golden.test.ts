import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { expectGolden, goldenCases, renderJson } from './golden.ts';

const UPDATING = process.env['UPDATE_GOLDEN'] === '1';
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'paymesh-golden-'));
  mkdirSync(join(dir, 'in'));
  mkdirSync(join(dir, 'out'));
  writeFileSync(join(dir, 'in', 'b.yaml'), 'B');
  writeFileSync(join(dir, 'in', 'a.yaml'), 'A');
});

afterEach(() => rmSync(dir, { recursive: true }));

(UPDATING ? describe.skip : describe)('goldens', () => {
  test('cases are sorted by name', () => {
    expect(goldenCases(dir)).toEqual([
      { name: 'a', input: 'A' },
      { name: 'b', input: 'B' },
    ]);
  });

  test('an output without a case is an error', () => {
    writeFileSync(join(dir, 'out', 'gone.ir.json'), '');
    expect(() => goldenCases(dir)).toThrow('gone.ir.json');
  });

  test('an equal text passes, another or a missing file fails', () => {
    const path = join(dir, 'out', 'a.txt');
    writeFileSync(path, 'same');
    expectGolden(path, 'same');
    expect(() => expectGolden(path, 'other')).toThrow('toBe');
    expect(() => expectGolden(`${path}.gone`, 'same')).toThrow('ENOENT');
  });
});

describe('renderJson', () => {
  test.each([
    [{}, '{}\n'],
    [[], '[]\n'],
    [{ a: 1, b: ['x'], c: undefined }, '{ "a": 1, "b": ["x"] }\n'],
    [['x'.repeat(60), 'y'.repeat(60)], `[\n  "${'x'.repeat(60)}",\n  "${'y'.repeat(60)}"\n]\n`],
  ])('%j', (value, text) => {
    expect(renderJson(value)).toBe(text);
  });
});
