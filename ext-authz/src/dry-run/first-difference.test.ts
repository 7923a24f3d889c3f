import { describe, expect, test } from '@jest/globals';

import { firstDifference } from './first-difference.ts';

const of = (ours: string, theirs: string) => firstDifference(Buffer.from(ours), Buffer.from(theirs));

describe('firstDifference', () => {
  test('is nothing for equal texts', () => {
    expect(of('a\nb', 'a\nb')).toBeUndefined();
    expect(of('', '')).toBeUndefined();
  });

  test.each([
    ['POST\n/a?b', 'POST\n/a?c', { offset: 8, line: 2, column: 4, ours: '"b"', theirs: '"c"' }],
    ['abc', 'ab', { offset: 2, line: 1, column: 3, ours: '"c"', theirs: 'end of text' }],
    ['ab', 'ab\n', { offset: 2, line: 1, column: 3, ours: 'end of text', theirs: '"\\n"' }],
    ['\r\n', '\n', { offset: 0, line: 1, column: 1, ours: '"\\r\\n"', theirs: '"\\n"' }],
  ])('of %j and %j says where and what', (ours, theirs, expected) => {
    expect(of(ours, theirs)).toEqual(expected);
  });
});
