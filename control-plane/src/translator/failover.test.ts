import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { retryOf, routeOf, SAFE } from '../snapshot/testing/index.ts';
import { clusterOfEachTry, failoverAction, isFailover } from './failover.ts';

describe('clusterOfEachTry', () => {
  test.each([
    [2, ['a', 'b']],
    [3, ['a', 'a', 'b']],
    [4, ['a', 'a', 'b', 'b']],
    [1, ['a']],
  ])('two providers, %i tries', (tries, expected) => {
    expect(clusterOfEachTry(['a', 'b'], tries)).toEqual(expected);
  });

  test('every try has a provider, in their order, none left out when there are tries enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9 }), (providers, tries) => {
        const clusters = Array.from({ length: providers }, (_, index) => String(index));
        const chosen = clusterOfEachTry(clusters, tries);
        expect(chosen).toHaveLength(tries);
        expect(chosen).toEqual(chosen.toSorted());
        expect(new Set(chosen).size).toBe(Math.min(providers, tries));
      }),
    );
  });
});

describe('isFailover', () => {
  test.each([
    ['one provider', { clusters: ['a'] as const, retry: retryOf(1) }, false],
    ['no further try', { clusters: ['a', 'b'] as const }, false],
    ['a further try', { clusters: ['a', 'b'] as const, retry: retryOf(1) }, true],
  ])('%s', (_, route, expected) => {
    expect(isFailover(routeOf({ name: 'r', ...route }))).toBe(expected);
  });
});

describe('failoverAction', () => {
  test.each([
    ['unsafe conditions are left out', [...SAFE, 'reset', 'gateway-error'], SAFE],
    ['nothing but unsafe ones becomes the safe three', ['5xx'], SAFE],
    ['fewer safe ones stay', ['connect-failure', '5xx'], ['connect-failure']],
  ])('%s', (_, on, expected) => {
    const route = routeOf({ name: 'r', clusters: ['a', 'b'] });
    expect(failoverAction({ ...route, retry: retryOf(1, on) })).toMatchObject({
      retryPolicy: { retryOn: [...expected, 'retriable-headers'].join(','), refreshClusterOnRetry: true },
    });
  });
});
