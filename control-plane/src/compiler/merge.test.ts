import { describe, expect, test } from '@jest/globals';

import { fixture, target } from '../testing/index.ts';
import { builtIn, type Leaf, mergeLeaf, strictestLeaf } from './merge.ts';

const timeout = (name: string, requestMs: number, typed: readonly string[]) =>
  fixture({
    kind: 'TimeoutPolicy',
    id: `pay/${name}`,
    spec: { mode: 'Enforce', priority: 0, targetRefs: target('Service', 'pay/x'), requestMs },
    typed,
  });

const merge = (...policies: ReturnType<typeof timeout>[]) =>
  mergeLeaf(policies, 'spec.request', (spec) => spec.requestMs, builtIn(5));

describe('mergeLeaf', () => {
  test('takes the strongest that was typed', () => {
    const leaf = merge(timeout('a', 1, ['spec.request']), timeout('b', 2, ['spec.request']));
    expect(leaf).toMatchObject({ value: 1, from: 'pay/a.yaml:2:1' });
  });

  test('passes over what a parser filled in', () => {
    expect(merge(timeout('a', 1, []), timeout('b', 2, ['spec.request'])).value).toBe(2);
  });

  test('falls back where nobody typed anything', () => {
    expect(merge(timeout('a', 1, ['spec.idle']))).toEqual({ value: 5, from: 'built-in' });
  });

  test('a list counts as typed where its first item was', () => {
    const retry = fixture({
      kind: 'RetryPolicy',
      id: 'pay/r',
      spec: {
        mode: 'Enforce',
        priority: 0,
        targetRefs: [],
        attempts: 1,
        retryOn: ['5xx'],
        backoff: { baseMs: 1, maxMs: 1 },
      },
      typed: ['spec.retryOn[0]'],
    });
    expect(mergeLeaf([retry], 'spec.retryOn', (spec) => spec.retryOn, builtIn([])).value).toEqual(['5xx']);
  });
});

describe('strictestLeaf', () => {
  const policy = { document: timeout('a', 1, []), path: 'spec.request' };
  const typed = (value: number): Leaf<number> => ({ value, from: 'a', policy });

  test.each<[string, [Leaf<number>, ...Leaf<number>[]], number]>([
    ['the smallest of two defaults', [builtIn(2), builtIn(1)], 1],
    ['a policy before a smaller default', [builtIn(1), typed(9)], 9],
    ['a policy before a default after it', [typed(9), builtIn(1)], 9],
    ['the smallest of two policies', [typed(9), builtIn(1), typed(3)], 3],
  ])('%s', (_, leaves, value) => {
    expect(strictestLeaf(leaves).value).toBe(value);
  });
});
