import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { explainMatch } from './explain.ts';
import { buildLevel, findRule } from './tree.ts';
import type { Entry, NodeSpec, Rule, ValueMatch } from './types.ts';

function rule(label: string): Rule {
  return {
    label,
    name: '',
    allowance: { kind: 'unlimited' },
    isSpared: false,
    replaces: [],
    isShadow: false,
    isQuota: false,
    sendsRetryAfter: true,
    onStoreDown: { kind: 'closed' },
  };
}

const texts = fc.constantFrom('a', 'b', 'ab', 'aab');
const patterns = fc.constantFrom('*', 'a*', '*b', 'a*b');
const values: fc.Arbitrary<ValueMatch> = fc.oneof(
  fc.constant<ValueMatch>({ kind: 'any' }),
  texts.map((value): ValueMatch => ({ kind: 'exact', value })),
  patterns.map((pattern): ValueMatch => ({ kind: 'wildcard', pattern })),
);
const { nodes } = fc.letrec<{ nodes: NodeSpec[]; node: NodeSpec }>((tie) => ({
  nodes: fc.array(tie('node'), { maxLength: 5, depthIdentifier: 'tree' }),
  node: fc
    .record({
      key: fc.oneof(fc.constantFrom('k', 'l'), fc.constantFrom('*', 'k*')),
      value: values,
      sharesCounter: fc.boolean(),
      rules: fc.oneof(
        { depthIdentifier: 'tree' },
        fc.constant([]),
        fc.uuid().map((label) => [rule(label)]),
      ),
      children: fc.oneof({ depthIdentifier: 'tree', maxDepth: 2 }, fc.constant<NodeSpec[]>([]), tie('nodes')),
    })
    .map((node) => ({ ...node, isKeyPattern: node.key.includes('*') })),
}));
const entries = fc.array(
  fc.record<Entry>({ key: fc.constantFrom('k', 'l', 'k*'), value: fc.oneof(texts, patterns) }),
  { maxLength: 3 },
);

describe('explainMatch', () => {
  test('agrees with findRule, and accounts for every sibling', () => {
    fc.assert(
      fc.property(nodes, entries, (specs, asked) => {
        const { match, steps } = explainMatch(specs, asked);
        expect(match).toEqual(findRule(buildLevel(specs), asked));
        let level: readonly NodeSpec[] = specs;
        for (const { taken, passedOver, otherKeys } of steps) {
          expect(passedOver.length + otherKeys + (taken === undefined ? 0 : 1)).toBe(level.length);
          level = taken?.node.children ?? [];
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('tells which node was taken and why the others were not', () => {
    const node = (key: string, value: ValueMatch, children: readonly NodeSpec[] = []): NodeSpec => ({
      key,
      isKeyPattern: false,
      value,
      sharesCounter: false,
      rules: [],
      children,
    });
    const specs = [
      node('user', { kind: 'any' }),
      node('user', { kind: 'exact', value: 'abc' }),
      node('user', { kind: 'wildcard', pattern: 'a*' }),
      node('user', { kind: 'wildcard', pattern: '*c' }),
      node('user', { kind: 'exact', value: 'x' }),
      node('path', { kind: 'any' }),
    ];
    const told = (value: string) =>
      explainMatch(specs, [{ key: 'user', value }]).steps.map(({ taken, passedOver, otherKeys }) => [
        taken?.why,
        passedOver.map(({ why }) => why),
        otherKeys,
      ]);
    const other = 'its value is another';
    const exact = 'an exact value goes first';
    expect(told('abc')).toEqual([['exact value', [exact, exact, exact, other], 1]]);
    expect(told('ac')).toEqual([
      ['first pattern that fits', ['a pattern goes first', other, 'an earlier pattern goes first', other], 1],
    ]);
    expect(told('q')).toEqual([['takes every value', [other, other, other, other], 1]]);
  });

  test.each([
    [[], 'there are no entries'],
    [['z=1'], 'no node fits'],
    [['k=1'], 'the node has no limit'],
    [['k=1', 'k=1'], 'the tree ends before the descriptor'],
  ])('%j: %s', (typed, end) => {
    const spec: NodeSpec = {
      key: 'k',
      isKeyPattern: false,
      value: { kind: 'any' },
      sharesCounter: false,
      rules: [],
      children: [],
    };
    const asked = typed.map((text) => ({ key: text.split('=')[0] ?? '', value: text.split('=')[1] ?? '' }));
    expect(explainMatch([spec], asked).end).toBe(end);
  });
});
