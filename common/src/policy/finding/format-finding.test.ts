import { stripVTControlCharacters } from 'node:util';

import { describe, expect, test } from '@jest/globals';

import { loadPolicies } from '../load-policies.ts';
import { finding } from './finding.ts';
import { findingToJson } from './finding-to-json.ts';
import { formatFinding } from './format-finding.ts';

const at = (line: number, column: number): { file: string; line: number; column: number } => ({
  file: 'a.yaml',
  line,
  column,
});
const found = (line: number, column: number, length?: number): ReturnType<typeof finding> =>
  finding('PM2102', at(line, column), {
    subject: 'RetryPolicy pay/x',
    path: 'spec.attempts',
    expected: 'a number',
    got: '"many"',
    ...(length === undefined ? {} : { length }),
  });
const sources = (text: string): { path: string; text: string }[] => [{ path: 'a.yaml', text }];

describe('formatFinding', () => {
  test('prints place, sentence, line and carets', () => {
    expect(formatFinding(found(2, 11, 4), sources('spec:\nattempts: many # so\n'))).toBe(
      [
        'a.yaml:2:11 error PM2102 RetryPolicy pay/x',
        '  spec.attempts: expected a number; got "many"',
        '  1 | spec:',
        '  2 | attempts: many # so',
        '    |           ^^^^',
      ].join('\n'),
    );
  });

  test('has no line before the first', () => {
    expect(
      formatFinding(found(1, 1, 1), sources('x'))
        .split('\n')
        .slice(2),
    ).toEqual(['  1 | x', '    | ^']);
  });

  test.each([
    ['a bare word', 'a: many, b', '^^^^'],
    ['a word in quotes', 'a: "so many", b', '^^^^^^^^^'],
    ['the end of the line', 'a: ', '^'],
  ])('underlines %s where no length is known', (_name, line, carets) => {
    expect(formatFinding(found(1, 4), sources(line)).split('\n').at(-1)).toBe(`    |    ${carets}`);
  });

  test('underlines no further than the line', () => {
    expect(
      formatFinding(found(1, 1, 900), sources('ab \ncd'))
        .split('\n')
        .at(-1),
    ).toBe('    | ^^');
  });

  test('shows a part of a long line, with the place in it', () => {
    const [, , line = '', carets = ''] = formatFinding(
      found(1, 5_001, 4),
      sources(`${'x'.repeat(5_000)}many${'y'.repeat(5_000)}`),
    ).split('\n');
    expect(line.length).toBeLessThan(140);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('many');
  });

  test('does without the line when the file is not at hand', () => {
    expect(formatFinding(found(9, 1), []).split('\n')).toHaveLength(2);
    expect(formatFinding(found(9, 1), sources('x')).split('\n')).toHaveLength(2);
  });

  test('takes control characters out, so that no file steers the terminal', () => {
    const printed = formatFinding(
      { ...found(1, 1), got: 'x\u001b[2J', hint: '\u202e' },
      sources('a: \u001b]0;title\u0007\u009b'),
    );
    for (const char of ['\u001b', '\u0007', '\u009b', '\u202e']) expect(printed).not.toContain(char);
  });

  test('paints for a terminal', () => {
    const printed = formatFinding(found(1, 1, 1), sources('x'), { color: true });
    expect(printed).toContain('\u001b[1;31merror\u001b[0m');
    expect(stripVTControlCharacters(printed)).toBe(formatFinding(found(1, 1, 1), sources('x')));
  });
});

describe('secrets in policy files', () => {
  const keySet = (keys: string): string =>
    `apiVersion: paymesh.dev/v1\nkind: KeySet\nmetadata: {name: k}\nspec:\n  keys:\n${keys}`;

  test.each([
    ['as text', '  - {id: a, owner: b, secret: c2VjcmV0}'],
    ['as a number', '  - {id: a, owner: b, secret: 5368709120}'],
    ['as block text', '  - id: a\n    secret: |\n      c2VjcmV0\n    owner: [b]'],
    ['below an unknown key', '  - {id: a, owner: b, secret: {value: c2VjcmV0}}'],
    ['as an unknown key', '  - {id: a, owner: b, secret: {c2VjcmV0}}'],
    ['in a list', '  - {id: a, owner: b, secret: [c2VjcmV0]}'],
    ['beside a file', '  - {id: a, owner: b, secret: {file: x, more: c2VjcmV0}}'],
    ['in the wrong case', '  - {id: a, owner: b, Secret: c2VjcmV0}'],
    ['behind an alias', '  - {id: a, owner: [&s c2VjcmV0], secret: *s}'],
    ['under a file that is no text', '  - {id: a, owner: b, secret: {file: [c2VjcmV0]}}'],
    ['in a document that is not YAML', '  - {id: a, owner: b, secret: c2VjcmV0]}'],
    ['twice', '  - {id: a, owner: b, secret: c2VjcmV0, secret: c2VjcmV0}'],
    ['where a public key belongs', '  - {id: a, owner: b, algorithm: ed25519, publicKey: c2VjcmV0}'],
    ['beside the file of a public key', '  - {id: a, owner: b, publicKey: {file: x, more: c2VjcmV0}}'],
    ['before a mistake on the next line', '  - id: a\n    secret: c2VjcmV0\n    owner: [b]'],
  ])('are not shown when they stand there %s', (_name, keys) => {
    const files = [{ path: 'a.yaml', text: keySet(keys) }];
    const { findings } = loadPolicies(files);
    const shown = findings.map((one) => formatFinding(one, files) + JSON.stringify(findingToJson(one)));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.join('\n')).not.toMatch(/c2VjcmV0|5368709120/);
  });

  test('names of files and variables are', () => {
    const text = keySet('  - {id: a, owner: [b], secret: {file: keys/a.key}}');
    const [one] = loadPolicies([{ path: 'a.yaml', text }]).findings;
    expect(one === undefined ? '' : formatFinding(one, [{ path: 'a.yaml', text }])).toContain('keys/a.key');
  });
});

describe('findingToJson', () => {
  test('is flat, with null for what is not known', () => {
    expect(findingToJson(finding('PM1001', at(1, 2), { expected: 'a', got: 'b' }))).toEqual({
      schemaVersion: 1,
      file: 'a.yaml',
      line: 1,
      column: 2,
      severity: 'error',
      code: 'PM1001',
      subject: null,
      path: '',
      expected: 'a',
      got: 'b',
      hint: null,
    });
  });
});
