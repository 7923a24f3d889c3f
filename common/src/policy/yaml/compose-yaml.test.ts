import { describe, expect, test } from '@jest/globals';
import { assert, property, string } from 'fast-check';

import { findingText } from '../testing/parse-spec.ts';
import { composeYaml } from './compose-yaml.ts';
import type { YamlNode } from './node.ts';

const compose = (text: string): ReturnType<typeof composeYaml> => composeYaml({ path: 'a.yaml', text });
const findings = (text: string): readonly string[] =>
  compose(text).flatMap((document) => document.findings.map(findingText));

/** `key@line:column=value` for each scalar below a map. */
function places(node: YamlNode | undefined, path = ''): readonly string[] {
  if (node === undefined) return [];
  if (node.kind === 'scalar') return [`${path}@${node.at.line}:${node.at.column}=${node.source}`];
  if (node.kind === 'list') return node.items.flatMap((item, index) => places(item, `${path}[${index}]`));
  return [...node.entries].flatMap(([key, { value }]) => places(value, `${path}.${key}`));
}

describe('composeYaml', () => {
  test.each([
    ['block style', 'a: 1\nb:\n  - x\n  - y: 2\n', ['.a@1:4=1', '.b[0]@3:5=x', '.b[1].y@4:8=2']],
    ['flow style', '{a: [1, "x"]}', ['.a[0]@1:6=1', '.a[1]@1:9=x']],
    ['line ends of Windows', 'a: 1\r\nb: 2\r\n', ['.a@1:4=1', '.b@2:4=2']],
    ['a byte order mark', '\ufeffa: 1\n', ['.a@1:5=1']],
    ['characters outside the basic plane', 'a: "💰"\nb: 2', ['.a@1:4=💰', '.b@2:4=2']],
    ['a key without a value', 'a:\nb: 1', ['.a@1:3=', '.b@2:4=1']],
    ['an alias, at the place of its anchor', 'a: &x 10.5\nb: *x', ['.a@1:7=10.5', '.b@1:7=10.5']],
    ['the anchor that was set last', 'a: &x 1\nb: &x 2\nc: *x', ['.a@1:7=1', '.b@2:7=2', '.c@2:7=2']],
  ])('keeps the places of %s', (_name, text, expected) => {
    expect(places(compose(text)[0]?.root)).toEqual(expected);
  });

  test('counts documents, and leaves out those without content', () => {
    expect(compose('---\n# none\n---\na: 1\n---\nb: 1\n').map(({ index }) => index)).toEqual([2, 3]);
  });

  test.each(['', '# nothing\n', '---\n'])('finds no document in %j', (text) => {
    expect(compose(text)).toEqual([]);
  });

  test('a directive does not bring the truth values of YAML 1.1 back', () => {
    const root = compose('%YAML 1.1\n---\na: no\n')[0]?.root;
    expect(root?.kind === 'map' && root.entries.get('a')?.value).toMatchObject({ value: 'no' });
  });

  test.each([
    ['a list that is not closed', 'a: [1\nb: 2\n', 'a.yaml:2:1 PM1001'],
    ['a tab as indentation', 'a:\n\tb: 1\n', 'a.yaml:2:1 PM1001'],
    ['an unknown tag', 'a: !secret b\n', 'a.yaml:1:4 PM1001'],
    [
      'a key twice',
      'a: 1\nb: 2\na: 3\n',
      'a.yaml:3:1 PM1002 : expected each key once; "a" also stands at 1:1; got "a" again',
    ],
    ['an alias without an anchor', 'a: *x\n', 'a.yaml:1:4 PM1003'],
    ['an alias of the node that it stands in', 'a: &x\n  b: *x\n', 'a.yaml:2:6 PM1003'],
    ['a list as key', '? [a]\n: 1\n', 'a.yaml:1:3 PM1004'],
    ['a document that is too deep', `${'['.repeat(40)}${']'.repeat(40)}`, 'a.yaml:1:34 PM1007'],
    [
      'a file that is too large',
      'x'.repeat(1_048_577),
      'a.yaml:1:1 PM1006 : expected a file of at most 1048576 bytes; got 1048577 bytes',
    ],
  ])('refuses %s', (_name, text, expected) => {
    expect(findings(text)).toEqual([expect.stringContaining(expected)]);
  });

  test('a mistake in one document leaves the others', () => {
    const documents = compose('a: 1\n---\nb: [\n---\nc: 1\n');
    expect(documents.map((document) => document.findings.length)).toEqual([0, 1, 0]);
  });

  test('aliases that multiply themselves cost nothing', () => {
    const rows = Array.from({ length: 30 }, (_, row) => `a${row + 1}: &a${row + 1} [*a${row}, *a${row}]`);
    const before = process.cpuUsage();
    expect(findings(['a0: &a0 x', ...rows].join('\n'))).toEqual([]);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(500);
  });

  test.each(['[', '{a: ', '- ', '? ', '&a ', '!!'])('does not fall over ten thousand times %j', (text) => {
    expect(() => compose(text.repeat(10_000))).not.toThrow();
  });

  test('never throws', () => {
    assert(property(string({ unit: 'binary' }), (text) => compose(text).length >= 0));
  });
});
