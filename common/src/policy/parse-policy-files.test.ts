import { describe, expect, test } from '@jest/globals';
import {
  type Arbitrary,
  array,
  assert,
  constantFrom,
  integer,
  property,
  shuffledSubarray,
  string,
  tuple,
} from 'fast-check';

import { formatFinding } from './finding/format-finding.ts';
import { loadPolicies } from './load-policies.ts';
import { policyId } from './names/policy-id.ts';
import { parsePolicyFiles } from './parse-policy-files.ts';
import { findingText, goodMesh, lines } from './testing/parse-spec.ts';
import type { PolicyFile } from './yaml/compose-yaml.ts';

const meshText = Object.values(goodMesh).join('\n---\n');
const findingsOf = (text: string): readonly string[] =>
  parsePolicyFiles([{ path: 'p.yaml', text }]).findings.map(findingText);
const head = 'apiVersion: paymesh.dev/v1\nkind: Service\n';

describe('parsePolicyFiles', () => {
  test('fills the envelope in and keeps where all of it was typed', () => {
    const text = lines(
      '# a comment',
      'kind: Service',
      'apiVersion: paymesh.dev/v1',
      'metadata:',
      '  name: payments',
      '  labels: {team: pay, "app.kubernetes.io/name": payments}',
      'spec: {healthCheck: {interval: 2s}}',
    );
    const [document] = parsePolicyFiles([{ path: 'dir/p.yaml', text }]).documents;
    expect(document).toMatchObject({
      kind: 'Service',
      metadata: {
        name: 'payments',
        namespace: 'default',
        labels: { team: 'pay', 'app.kubernetes.io/name': 'payments' },
        annotations: {},
      },
      at: { file: 'dir/p.yaml', line: 2, column: 1 },
    });
    const places = [...(document?.positions ?? [])].map(
      ([path, { line, column }]) => `${path} ${line}:${column}`,
    );
    expect(places).toEqual([
      'apiVersion 3:13',
      'kind 2:7',
      'metadata 5:3',
      'metadata.name 5:9',
      'metadata.labels 6:11',
      'metadata.labels.team 6:18',
      'metadata.labels["app.kubernetes.io/name"] 6:49',
      'spec 7:7',
      'spec.healthCheck 7:21',
      'spec.healthCheck.interval 7:32',
    ]);
  });

  test.each([
    [
      'text',
      'hello',
      ['p.yaml:1:1 PM1201 : expected a map with the keys apiVersion, kind, metadata, spec; got "hello"'],
    ],
    [
      'no kind',
      'apiVersion: paymesh.dev/v1\nmetadata: {name: a}\nspec: {}',
      [
        'p.yaml:1:1 PM1101 : expected the key "kind": one of Service, Workload, Route, KeySet, SigningPolicy, AccessPolicy, RateLimitPolicy, RetryPolicy, TimeoutPolicy, CircuitBreakerPolicy, FailoverPolicy, MeshDefaults; got no such key',
      ],
    ],
    [
      'no spec',
      `${head}metadata: {name: a}`,
      ['p.yaml:1:1 PM1101 : expected the key "spec": what the document says; got no such key'],
    ],
    [
      'an empty spec',
      `${head}metadata: {name: a}\nspec:`,
      ['p.yaml:4:6 PM1201 spec: expected a map with the keys protocol, owners, healthCheck; got nothing'],
    ],
    [
      'a misspelt spec',
      `${head}metadata: {name: a}\nspce: {}`,
      [
        'p.yaml:4:1 PM1202 spce: expected one of the keys apiVersion, kind, metadata, spec; got "spce" (did you mean "spec"?)',
      ],
    ],
    [
      'another apiVersion',
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {}',
      ['p.yaml:1:13 PM1102 apiVersion: expected paymesh.dev/v1; got "v1"'],
    ],
    [
      'a misspelt kind',
      'apiVersion: paymesh.dev/v1\nkind: RetryPolcy\nmetadata: {name: a}\nspec: {}',
      [
        'p.yaml:2:7 PM1103 kind: expected one of Service, Workload, Route, KeySet, SigningPolicy, AccessPolicy, RateLimitPolicy, RetryPolicy, TimeoutPolicy, CircuitBreakerPolicy, FailoverPolicy, MeshDefaults; got "RetryPolcy" (did you mean "RetryPolicy"?)',
      ],
    ],
    [
      'a status',
      `${head}metadata: {name: a}\nspec: {}\nstatus: {}`,
      ['p.yaml:5:1 PM1202 status: expected one of the keys apiVersion, kind, metadata, spec; got "status"'],
    ],
    [
      'no name',
      `${head}metadata: {}\nspec: {}`,
      [
        'p.yaml:3:11 PM1203 metadata: expected the key "name": a name of 1 to 63 lower-case letters, digits and "-"; got no such key',
      ],
    ],
    [
      'mistakes in metadata and spec',
      `${head}metadata: {name: A}\nspec: {protocol: tcp}`,
      [
        'p.yaml:3:18 PM2101 metadata.name: expected a name of 1 to 63 lower-case letters, digits and "-"; got "A"',
        'p.yaml:4:18 PM2104 spec.protocol: expected one of http, http2; got "tcp"',
      ],
    ],
    [
      'a label that is a number',
      `${head}metadata: {name: a, labels: {tier: 1}}\nspec: {}`,
      [
        'p.yaml:3:36 PM1201 metadata.labels.tier: expected text of at most 256 characters; got 1 (write it in quotes: "1")',
      ],
    ],
  ])('refuses %s', (_name, text, expected) => {
    expect(findingsOf(text)).toEqual(expected);
  });

  test('reads documents with Windows line ends and a comment behind the last ---', () => {
    const text = `${meshText}\n---\n# the end\n`.replaceAll('\n', '\r\n');
    const { documents, findings } = parsePolicyFiles([{ path: 'p.yaml', text }]);
    expect(findings).toEqual([]);
    expect(documents).toHaveLength(Object.keys(goodMesh).length);
  });

  test('calls a document by its number when its name is not known', () => {
    const { findings } = parsePolicyFiles([{ path: 'p.yaml', text: `${meshText}\n---\nkind: Service\n` }]);
    expect(findings[0]?.subject).toBe(`document ${Object.keys(goodMesh).length + 1}`);
  });

  test('gives documents sorted by kind, namespace and name', () => {
    const { documents } = parsePolicyFiles([{ path: 'p.yaml', text: meshText }]);
    const ids = documents.map((document) => `${document.kind} ${policyId(document)}`);
    expect(ids).toEqual(ids.toSorted());
  });

  test('stops at ten thousand documents', () => {
    const text = '---\na\n'.repeat(6_000);
    const { findings } = parsePolicyFiles(['a', 'b', 'c'].map((path) => ({ path, text })));
    const last = findings.filter(({ code }) => code === 'PM1006').map(findingText);
    expect(last).toEqual(['b:1:1 PM1006 : expected at most 10000 documents in all files; got more']);
  });
});

describe('any input', () => {
  const scraps = [
    '\n',
    '  ',
    '- ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    '&a ',
    '*a',
    '"',
    "'",
    '|\n',
    '---\n',
    '#',
    '!!',
    '? ',
    '\t',
    '<<',
    '~',
  ];
  const words = [
    'kind',
    'spec',
    'metadata',
    'name',
    'targetRefs',
    'secret',
    'Route',
    '5s',
    '100/s',
    'header(X)',
    '1e9',
  ];
  const yamlLike: Arbitrary<string> = array(constantFrom(...scraps, ...words), { maxLength: 80 }).map(
    (parts) => parts.join(''),
  );

  /** The good mesh with a few pieces cut out or put in. */
  const damaged: Arbitrary<string> = array(
    tuple(integer({ min: 0, max: meshText.length }), integer({ min: 0, max: 12 }), yamlLike),
    { minLength: 1, maxLength: 3 },
  ).map((cuts) => {
    let text = meshText;
    for (const [at, length, scrap] of cuts) text = text.slice(0, at) + scrap + text.slice(at + length);
    return text;
  });

  function holds(text: string): void {
    const files = [{ path: 'p.yaml', text }];
    const { findings } = loadPolicies(files, { nowMs: 0 });
    const lineCount = text.split('\n').length;
    for (const found of findings) {
      expect(found.at.line).toBeLessThanOrEqual(lineCount);
      expect(formatFinding(found, files)).toContain(found.code);
    }
  }

  test.each([
    ['text', string({ unit: 'binary' })],
    ['scraps of YAML', yamlLike],
    ['damaged policies', damaged],
  ])('gives documents or findings with places in the file, never an exception: %s', (_name, input) => {
    assert(property(input, holds), { numRuns: 300 });
  });
});

describe('the order of files', () => {
  const files: readonly PolicyFile[] = Object.entries({
    ...goodMesh,
    other: '',
    keys: 'kind: KeySet\nspec: {',
  }).map(([path, text]) => ({ path, text }));
  const expected = loadPolicies(files);

  test('changes neither documents nor findings', () => {
    assert(
      property(shuffledSubarray([...files], { minLength: files.length }), (shuffled) => {
        expect(loadPolicies(shuffled)).toEqual(expected);
      }),
    );
  });
});

describe('a large set', () => {
  test('of a thousand documents is read in well under a second', () => {
    const text = Array.from({ length: 250 }, (_, n) => meshOf(n)).join('\n---\n');
    const before = performance.now();
    const { documents } = loadPolicies([{ path: 'p.yaml', text }]);
    expect(documents).toHaveLength(1_000);
    // 130 ms when warm on one core; the goal is 500 ms, and test machines are busy.
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  function meshOf(n: number): string {
    return ['service', 'charge', 'query', 'keys']
      .map((key) => (goodMesh[key] ?? '').replace(/name: (\w+), namespace/, `name: $1-${n}, namespace`))
      .join('\n---\n');
  }
});
