import { describe, expect, test } from '@jest/globals';

import { re2ToRegExp } from './re2.ts';

describe('re2ToRegExp', () => {
  test.each([
    // pattern, texts that match, texts that do not
    ['a.c', ['abc', 'a\rc', 'a\u{1f600}c', 'xxabc'], ['a\nc', 'ac']],
    ['(?s)a.c', ['a\nc'], ['ac']],
    ['(?i)^abc$', ['ABC', 'abc'], ['abcd']],
    ['(?im)^abc$', ['x\nABC\ny'], ['xabc']],
    [String.raw`\Aab\z`, ['ab'], ['ab\n', 'xab']],
    [String.raw`^\s$`, [' ', '\t', '\n'], ['\v', '\u00a0', '\u2028']],
    [String.raw`^[\s]$`, [' '], ['\v', '\u00a0']],
    [String.raw`^\S$`, ['a', '\u00a0', '\v'], [' ']],
    [String.raw`^[\w\-.]+$`, ['a_b-c.d'], ['a b', 'é', '']],
    [String.raw`^\W\D$`, ['é-', '-a'], ['a-', '-1']],
    ['^(?P<name>a)(?<other>b)(?:c)$', ['abc'], ['ab']],
    [String.raw`^\Q.*[\E$`, ['.*['], ['xx[']],
    [String.raw`^\Q.*`, ['.*'], ['xx']],
    ['^[[:alpha:]_]+[[:digit:]]*$', ['Ab_1'], ['1', 'é']],
    ['^[]a]$', [']', 'a'], ['b']],
    ['^[^]a]$', ['b'], [']', 'a']],
    ['^[a[]$', ['a', '['], ['b']],
    [String.raw`^\x{1F600}\x41$`, ['\u{1f600}A'], ['A']],
    [String.raw`^\pL\p{Greek}\P{Lu}\p{^N}$`, ['aαab'], ['1αab', 'aaab', 'aαAb', 'aαa1']],
    [String.raw`^\a\t\/\-\_\:$`.replace(String.raw`\_`, '_'), ['\u0007\t/-_:'], ['x']],
    ['^a{2}b{1,}c{,2}$', ['aabc{,2}'], ['aabcc', 'abc']],
    ['^{a}]$', ['{a}]'], ['a']],
    ['^a*?b+?$', ['aab'], ['a']],
    [String.raw`\bab\b`, ['x ab y'], ['xaby']],
  ])('%s', (pattern, matching, other) => {
    const expression = re2ToRegExp(pattern);
    expect({
      matching: matching.filter((text) => expression.test(text)),
      other: other.filter((text) => expression.test(text)),
    }).toEqual({ matching, other: [] });
  });

  test('gives the same object for the same pattern, without memory of the last match', () => {
    expect(re2ToRegExp('^once$')).toBe(re2ToRegExp('^once$'));
    expect([re2ToRegExp('a').test('a'), re2ToRegExp('a').test('a')]).toEqual([true, true]);
  });

  test.each([
    String.raw`\C`,
    'a(?i)b',
    '(?i:a)',
    '(?=a)',
    '(?!a)',
    '(?<=a)b',
    '(?U)a',
    String.raw`(a)\1`,
    '[[:nope:]]',
    '(a',
    'a)',
    '*',
  ])('refuses %s rather than passing the rule over', (pattern) => {
    expect(() => re2ToRegExp(pattern)).toThrow(/has no counterpart|Invalid regular expression/);
  });
});
