import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { compileWildcard } from './wildcard.ts';

describe('compileWildcard', () => {
  test.each([
    ['foo*', 'foo', true],
    ['*', '', true],
    ['*foo', 'foo', true],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['ab*ba', 'aba', false],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['a*bc*c', 'abc', false],
    ['**', 'x', true],
    ['a.c', 'abc', false],
    ['Foo*', 'foo', false],
    ['plain', 'plain', true],
    ['plain', 'plainly', false],
  ])('%s against %s: %s', (pattern, text, expected) => {
    expect(compileWildcard(pattern)(text)).toBe(expected);
  });

  test('says the same as a regular expression', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((parts) => parts.join(''));
    const text = fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(letters, text, (pattern, value) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's').test(value);
        expect(compileWildcard(pattern)(value)).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  test('takes no time to speak of for a hostile value', () => {
    const pattern = compileWildcard(`${'a*'.repeat(50)}b`);
    const before = process.cpuUsage();
    expect(pattern('a'.repeat(100_000))).toBe(false);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(100);
  });
});
