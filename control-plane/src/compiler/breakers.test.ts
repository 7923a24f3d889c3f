import { describe, expect, test } from '@jest/globals';

import { fixture } from '../testing/index.ts';
import { compileBreaker, compileOutlier, leastEjectionPercent } from './breakers.ts';
import { builtIn } from './merge.ts';

const budget = { percent: builtIn(20), minConcurrency: builtIn(3) };
const eject = { consecutive5xx: 5, intervalMs: 1_000, forMs: 2_000, maxPercent: 10 };

const breaker = (name: string, spec: object, typed: readonly string[]) =>
  fixture({
    kind: 'CircuitBreakerPolicy',
    id: `pay/${name}`,
    spec: { mode: 'Enforce', priority: 0, targetRefs: [], ...spec },
    typed,
  });

describe('leastEjectionPercent', () => {
  test.each([
    [0, 100],
    [1, 100],
    [2, 50],
    [3, 34],
    [10, 10],
  ])('of %d instances is %d', (instances, percent) => {
    expect(leastEjectionPercent(instances)).toBe(percent);
  });
});

describe('compileOutlier', () => {
  test('ejects nothing that no policy asks for', () => {
    expect(
      compileOutlier([breaker('a', { limits: { requests: 1 } }, ['spec.limits.requests'])], 3),
    ).toBeUndefined();
  });

  test('lets one of three go, whatever the policy says', () => {
    expect(compileOutlier([breaker('a', { eject }, ['spec.eject.maxPercent'])], 3)?.value.maxPercent).toBe(
      34,
    );
  });

  test('merges leaf by leaf', () => {
    const strong = breaker('a', { eject: { ...eject, consecutive5xx: 3 } }, ['spec.eject.consecutive5xx']);
    const weak = breaker('b', { eject: { ...eject, forMs: 9_000 } }, ['spec.eject.for']);
    expect(compileOutlier([strong, weak], 10)?.value).toEqual({
      consecutive5xx: 3,
      intervalMs: 1_000,
      ejectMs: 9_000,
      maxPercent: 10,
    });
  });
});

describe('compileOutlier of a share of failures', () => {
  const share = (name: string, failurePercent: object, typed: string) =>
    breaker(name, { eject: { ...eject, failurePercent } }, [`spec.eject.failurePercent.${typed}`]);

  test('merges it leaf by leaf', () => {
    const strong = share('a', { over: 60, minRequests: 50 }, 'over');
    const weak = share('b', { over: 30, minRequests: 10 }, 'minRequests');
    const { value, provenance } = compileOutlier([strong, weak], 10) ?? {};
    expect(value?.failurePercent).toEqual({ over: 60, minRequests: 10 });
    expect(provenance).toMatchObject({
      'outlier.failurePercent.over': 'pay/a.yaml:2:1',
      'outlier.failurePercent.minRequests': 'pay/b.yaml:2:1',
    });
  });

  test('takes it from a weaker policy where the stronger has none', () => {
    const strong = breaker('a', { eject }, ['spec.eject.maxPercent']);
    const weak = share('b', { over: 30, minRequests: 50 }, 'over');
    expect(compileOutlier([strong, weak], 10)?.value.failurePercent).toEqual({ over: 30, minRequests: 50 });
  });
});

describe('compileBreaker', () => {
  test('is generous where no policy limits, and always has a retry budget', () => {
    expect(compileBreaker([], budget).value).toEqual({
      maxConnections: 8_192,
      maxPending: 8_192,
      maxRequests: 8_192,
      retryBudgetPercent: 20,
      retryMinConcurrency: 3,
    });
  });
});

describe('compileBreaker with a typed number of retries', () => {
  const limited = breaker('a', { limits: { retries: 10 } }, ['spec.limits.retries']);

  test('a typed number of retries takes the place of the budget', () => {
    expect(compileBreaker([limited], budget).value).toMatchObject({
      retryBudgetPercent: 0,
      retryMinConcurrency: 10,
    });
  });
});
