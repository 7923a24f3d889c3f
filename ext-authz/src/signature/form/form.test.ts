import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import {
  encodeForm,
  type FormField,
  joinFields,
  MAX_FIELD_BYTES,
  MAX_FIELDS,
  parseForm,
  readsBack,
  sortFields,
} from './index.ts';

const parse = (text: string) => parseForm(Buffer.from(text, 'latin1'));

describe('parseForm', () => {
  test.each<[string, readonly FormField[]]>([
    ['', []],
    ['a=', [['a', '']]],
    [
      'b=1&a=2',
      [
        ['b', '1'],
        ['a', '2'],
      ],
    ],
    ['a=1=2==', [['a', '1=2==']]],
    ['a=x+y%20z%2B', [['a', 'x y z+']]],
    ['a=%e8%AF%ad', [['a', '语']]],
    ['a=%EF%BB%BFx', [['a', '\ufeffx']]],
    ['a=%2541', [['a', '%41']]],
    ['%61=1', [['a', '1']]],
    ['__proto__=1', [['__proto__', '1']]],
  ])('reads %j', (text, fields) => {
    expect(parse(text)).toEqual({ kind: 'fields', fields });
  });

  test.each([
    ['a', 'syntax'],
    ['a=1&', 'syntax'],
    ['&a=1', 'syntax'],
    ['a=1&&b=2', 'syntax'],
    ['a=1;b=2', 'syntax'],
    ['a=1#b', 'syntax'],
    ['a=1 2', 'syntax'],
    ['a=\u00e9', 'syntax'],
    ['a=%', 'syntax'],
    ['a=%4', 'syntax'],
    ['a=%zz', 'syntax'],
    ['a=1\n', 'syntax'],
    ['=1', 'name'],
    ['a[]=1', 'name'],
    ['a%5B%5D=1', 'name'],
    ['a%3Db=1', 'name'],
    ['a+b=1', 'name'],
    [`${'a'.repeat(129)}=1`, 'name'],
    ['a=%ff', 'encoding'],
    ['a=%C0%80', 'encoding'],
    ['a=%ED%A0%80', 'encoding'],
    ['a=1&a=2', 'repeated'],
    ['a=1&%61=2', 'repeated'],
    [`a=${'1'.repeat(MAX_FIELD_BYTES)}`, 'too_long'],
    [Array.from({ length: MAX_FIELDS + 1 }, (_, index) => `a${index}=1`).join('&'), 'too_many'],
  ])('refuses %.40j: %s', (text, problem) => {
    expect(parse(text)).toEqual({ kind: 'malformed', problem });
  });

  test('takes what is just within the bounds', () => {
    const many = Array.from({ length: MAX_FIELDS }, (_, index) => `a${index}=1`).join('&');
    expect(parse(many)).toMatchObject({ kind: 'fields' });
    expect(parse(`a=${'1'.repeat(MAX_FIELD_BYTES - 2)}`)).toMatchObject({ kind: 'fields' });
  });

  test('never throws on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(['fields', 'malformed']).toContain(parseForm(bytes).kind);
      }),
    );
  });

  test('gives back what was encoded', () => {
    const fields = fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z_][a-z_]{0,4}$/), fc.string({ unit: 'grapheme' })),
      { selector: ([name]) => name },
    );
    fc.assert(
      fc.property(fields, (list) => {
        expect(parse(encodeForm(list))).toEqual({ kind: 'fields', fields: list });
      }),
    );
  });
});

describe('sortFields', () => {
  test('orders by bytes and leaves out what is empty', () => {
    const fields: FormField[] = [
      ['b', '1'],
      ['a_b', '2'],
      ['B', '3'],
      ['aB', '4'],
      ['c', ''],
    ];
    expect(joinFields(sortFields(fields))).toBe('B=3&aB=4&a_b=2&b=1');
  });
});

describe('readsBack', () => {
  const rules = {
    nested: new Set(['b_json']),
    urls: new Set(['d_url']),
    known: new Set(['a', 'b_json', 'd_url', 'e', 'z']),
  };

  test.each<[string, FormField[]]>([
    ['nothing', []],
    ['no ampersand', [['a', '1=2==']]],
    ['an ampersand that begins no name', [['a', 'A&B & C&=1&2=3']]],
    ['a name that sorts before', [['e', 'x&a=1']]],
    [
      'a URL in JSON',
      [
        ['b_json', '{"u":"https://x/?k=1&t=2","l":[{"v":"}"}]}'],
        ['e', '1'],
      ],
    ],
    [
      'a URL with a query',
      [
        ['d_url', 'https://x/?a=1&order=2&t=3'],
        ['e', '1'],
      ],
    ],
    ['JSON behind a line break', [['b_json', '\n {"u":"https://x/?k=1&t=2"}']]],
    ['JSON that is no object', [['b_json', 'c2lnbmVk==']]],
  ])('takes %s', (_, fields) => {
    expect(readsBack(fields, rules)).toBe(true);
  });

  test.each<[string, FormField[]]>([
    ['a field merged into the one before', [['a', '1&e=2']]],
    [
      'a field merged into JSON',
      [
        ['b_json', '{}&e=1'],
        ['z', '1'],
      ],
    ],
    [
      'JSON that is split',
      [
        ['b_json', '{"u":"1'],
        ['k', '2"}'],
      ],
    ],
    ['JSON that is cut', [['b_json', '{"u":[1}']]],
    ['a string that is cut', [['b_json', '{"u":"}']]],
    ['a known name in a query', [['d_url', 'https://x/?a=1&z=2']]],
    ['a name in a URL without query', [['d_url', 'https://x/&order=2']]],
    [
      'a field split off a query',
      [
        ['d_url', 'https://x/?a=1'],
        ['order', '2'],
      ],
    ],
  ])('refuses %s', (_, fields) => {
    expect(readsBack(fields, rules)).toBe(false);
  });

  test('lets no two lists of fields share a text', () => {
    const part = fc.constantFrom(
      '&',
      '=',
      '{',
      '}',
      '"',
      '?',
      '\\',
      'a',
      'e',
      'k',
      'z',
      'b_json',
      'd_url',
      '&e=',
    );
    const value = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    const name = fc.constantFrom('a', 'b_json', 'd_url', 'e', 'k', 'z');
    const list = fc.uniqueArray(fc.tuple(name, value), {
      selector: ([each]) => each,
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(list, (fields) => {
        const sorted = sortFields(fields);
        const text = joinFields(sorted);
        fc.pre(text.split('&').length <= 12);
        const accepted = allReadings(text).filter((reading) => readsBack(reading, rules));
        expect(accepted.length).toBeLessThanOrEqual(1);
        if (readsBack(sorted, rules)) expect(accepted).toEqual([sorted]);
      }),
      { numRuns: 500 },
    );
  });

  test('is quick on a text made to be slow', () => {
    const slow = `{${'"a":"&z=[{",'.repeat(5_000)}`;
    const fields = sortFields([
      ['b_json', slow],
      ['d_url', `?${'&k='.repeat(20_000)}`],
      ...Array.from({ length: 200 }, (_, index): FormField => [`k${index}`, slow]),
    ]);
    // CPU time, so that other programs on the machine have no part in it.
    const before = process.cpuUsage();
    readsBack(fields, rules);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });
});

/** Every list of fields, sorted and each name once, that has this text. */
function allReadings(text: string): FormField[][] {
  const pieces = text.split('&');
  const readings: FormField[][] = [];
  const choices = 2 ** Math.max(0, pieces.length - 1);
  for (let choice = 0; choice < choices; choice += 1) {
    const segments: string[] = [];
    for (const [index, piece] of pieces.entries()) {
      const isJoined = index > 0 && Math.floor(choice / 2 ** (index - 1)) % 2 === 0;
      if (isJoined) segments.push(`${segments.pop()}&${piece}`);
      else segments.push(piece);
    }
    const fields = segments.map((segment): FormField => {
      const end = segment.indexOf('=');
      return [segment.slice(0, Math.max(end, 0)), segment.slice(end + 1)];
    });
    const isSorted = fields.every(([name], index) => index === 0 || name > (fields[index - 1]?.[0] ?? ''));
    if (isSorted && fields.every(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && value !== ''))
      readings.push(fields);
  }
  return readings;
}
