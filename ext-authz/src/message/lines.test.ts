import { describe, expect, test } from '@jest/globals';

import { messageOf } from '../testing/rfc9421.ts';
import { findLines, findListLines, findRawLines } from './index.ts';

const HEADERS = [
  ['x-a', ' \t one '],
  ['x-b', 'other'],
  ['x-a', 'two'],
] as const;

describe('lines of a field', () => {
  test.each([findLines, findListLines])('are all found, in order, trimmed (%#)', (find) => {
    expect(find(messageOf({ headers: HEADERS }), 'x-a')).toEqual({ kind: 'lines', values: ['one', 'two'] });
    expect(find(messageOf({ headers: HEADERS }), 'x-c')).toEqual({ kind: 'absent' });
  });

  test.each(['a\nb', 'a\0', 'a\u007f', 'a\x80', 'a\r\n b'])('are unclean with %j', (value) => {
    const message = messageOf({ headers: [['x-a', value]] });
    expect(findLines(message, 'x-a')).toEqual({ kind: 'unclean' });
    expect(findListLines(message, 'x-a')).toEqual({ kind: 'unclean' });
  });

  test.each([
    ['a,b', 'unclean', 'lines'],
    ['a!b', 'unclean', 'unclean'],
    ['a b', 'lines', 'lines'],
  ])('of a merged map: %j', (value, asText, asList) => {
    const message = messageOf({ headers: [['x-a', value]], isLossy: true });
    expect(findLines(message, 'x-a').kind).toBe(asText);
    expect(findListLines(message, 'x-a').kind).toBe(asList);
  });

  test('take time that grows with their length only', () => {
    const message = messageOf({ headers: [['x-a', `a${' '.repeat(8_000)}b`]] });
    const start = performance.now();
    for (let round = 0; round < 100; round += 1) findLines(message, 'x-a');
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('raw lines of a field', () => {
  test('keep bytes above ASCII, each line trimmed', () => {
    const value = Buffer.from([0x20, 0x80, 0x2c, 0xff, 0x09]);
    const found = findRawLines(
      messageOf({
        headers: [
          ['x-a', value],
          ['x-a', ''],
        ],
      }),
      'x-a',
    );
    expect(found.kind === 'lines' && found.values.map((bytes) => [...bytes])).toEqual([
      [0x80, 0x2c, 0xff],
      [],
    ]);
  });

  test.each([
    ['a\n', false],
    ['a\0', false],
    ['a\u007f', false],
    ['a,b', true],
    ['a!', true],
  ])('are unclean: %j, merged %j', (value, isLossy) => {
    expect(findRawLines(messageOf({ headers: [['x-a', value]], isLossy }), 'x-a')).toEqual({
      kind: 'unclean',
    });
  });

  test('are absent where there is no line', () => {
    expect(findRawLines(messageOf({}), 'x-a')).toEqual({ kind: 'absent' });
  });
});
