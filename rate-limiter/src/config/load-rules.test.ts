import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { golden, goldenInputs, rulesFrom, rulesOf, staleGoldens } from '../testing/index.ts';
import { findingLine } from './format-finding.ts';
import { loadRules } from './load-rules.ts';

describe('loadRules tells each mistake with its place', () => {
  const inputs = goldenInputs('broken');

  test.each(inputs)('$name', ({ name, text }) => {
    const loaded = loadRules([{ path: `${name}.yaml`, text }]);
    const lines = [loaded.kind, ...loaded.findings.map(findingLine), ''].join('\n');
    expect(lines).toBe(golden('broken', name, lines));
  });

  test('no golden is left without its input', () => {
    expect(
      staleGoldens(
        'broken',
        inputs.map(({ name }) => name),
      ),
    ).toEqual([]);
  });
});

describe('loadRules with text that is not YAML', () => {
  test.each([
    ['an open quote', 'domain: shop\ndescriptors:\n  - key: "user\n', '4:1', 'Missing closing "quote'],
    ['a tab', 'domain: shop\ndescriptors:\n\t- key: a', '3:1', 'Tabs are not allowed as indentation'],
    ['no end of a list', 'domain: [', '1:10', 'Flow sequence'],
  ])('%s', (_name, text, place, message) => {
    const { findings } = loadRules([{ path: 'x.yaml', text }]);
    expect(findings.map(findingLine)).toEqual([
      expect.stringContaining(
        `x.yaml:${place}: error RL1001: expected YAML that can be read; got ${message}`,
      ),
    ]);
  });

  test('a list as a key', () => {
    const { findings } = loadRules([{ path: 'x.yaml', text: 'domain: shop\n? [a, b]\n: c' }]);
    expect(findings.map(findingLine)).toEqual([
      'x.yaml:2:3: error RL1006: expected a text as key; got a list',
    ]);
  });

  test('more mistakes than anyone reads are cut', () => {
    const text = `domain: shop\ndescriptors:\n${'- {kay: a}\n'.repeat(1_000)}`;
    expect(loadRules([{ path: 'x.yaml', text }]).findings).toHaveLength(100);
  });
});

describe('loadRules with several files', () => {
  const file = (path: string, text: string) => ({ path, text });
  const shop = 'domain: shop\ndescriptors: [{key: a}]';

  test('no files: there are no rules', () => {
    expect(loadRules([])).toEqual({ kind: 'empty', findings: [] });
  });

  test('refuses two files of one domain', () => {
    const loaded = loadRules([file('a.yaml', shop), file('b.yaml', shop)]);
    expect([loaded.kind, ...loaded.findings.map(findingLine)]).toEqual([
      'refused',
      'b.yaml:1:9: error RL2002: domain: expected a domain of its own in each file; got "shop" again, as in a.yaml:1:9',
    ]);
  });

  test('[14] puts them together when told to', () => {
    const loaded = loadRules([file('a.yaml', shop), file('b.yaml', shop.replace('key: a', 'key: b'))], {
      mergesDomains: true,
    });
    expect(loaded).toMatchObject({
      kind: 'loaded',
      rules: { specs: [{ nodes: [{ key: 'a' }, { key: 'b' }] }] },
    });
  });

  test('finds the same descriptor in two files of one domain', () => {
    const loaded = loadRules([file('a.yaml', shop), file('b.yaml', shop)], { mergesDomains: true });
    expect(loaded.findings.map(findingLine)).toEqual([
      'b.yaml:2:15: error RL2004: expected siblings that differ in key or value; got "a" again, as in a.yaml:2:15',
    ]);
  });

  test('one broken file refuses the whole set, and all is told', () => {
    const loaded = loadRules([file('a.yaml', shop), file('b.yaml', 'domain: ""'), file('c.yaml', 'x: y')]);
    expect(loaded.kind).toBe('refused');
    expect(loaded.findings.map(({ at, code }) => [at.file, code])).toEqual([
      ['b.yaml', 'RL2001'],
      ['c.yaml', 'RL1004'],
      ['c.yaml', 'RL2001'],
    ]);
  });

  test('beside policies the domain paymesh is theirs', () => {
    const loaded = loadRules([
      file('a.yaml', 'domain: paymesh'),
      file(
        'b.yaml',
        'apiVersion: paymesh.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {protocol: http}',
      ),
    ]);
    expect(loaded.findings.filter(({ code }) => code === 'RL2002')).toHaveLength(1);
  });

  test('every file of testdata/rules is good', () => {
    for (const name of ['basic', 'kinds', 'quota', 'replaces', 'shadow', 'share', 'wildcard']) {
      expect(rulesOf(name).specs).toHaveLength(1);
    }
  });
});

describe('loadRules with hostile text', () => {
  const words = [
    'domain',
    'descriptors',
    'key',
    'value',
    'rate_limit',
    'unit',
    'minute',
    ': ',
    '- ',
    '\n',
    '  ',
  ];
  const marks = [
    '"',
    '*',
    '&a',
    '*a',
    '<<',
    '[',
    ']',
    '{',
    '}',
    '---',
    '!!x',
    '|',
    '\t',
    '#',
    '5',
    '1.5',
    '~',
    '\u0000',
  ];

  test('never throws', () => {
    const text = fc
      .array(fc.constantFrom(...words, ...marks), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (each) => {
        const { kind } = loadRules([{ path: 'x.yaml', text: each }]);
        expect(['loaded', 'refused']).toContain(kind);
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads a large file', () => {
    const nodes = Array.from(
      { length: 10_000 },
      (_, i) => `- {key: user, value: u${i}, rate_limit: {unit: day, requests_per_unit: ${i}}}`,
    );
    const rules = rulesFrom([{ path: 'x.yaml', text: `domain: d\ndescriptors:\n${nodes.join('\n')}` }]);
    expect(rules.specs[0]?.nodes).toHaveLength(10_000);
  });
});
