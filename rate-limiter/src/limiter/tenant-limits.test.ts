import { describe, expect, test } from '@jest/globals';

import { indexOverrides, type Override } from '../overrides/index.ts';
import { createTestLimiter, request, rulesFrom } from '../testing/index.ts';
import type { Decision } from './types.ts';

const rules = rulesFrom([
  {
    path: 'a.yaml',
    text: `
domain: test-domain
descriptors:
  - key: tenant
    rate_limit: {unit: minute, requests_per_unit: 2, name: per-tenant}
  - key: watched
    shadow_mode: true
    rate_limit: {unit: hour, requests_per_unit: 0}
  - key: free
    rate_limit: {unlimited: true}
`,
  },
]);

function of(requests: number, entry = { key: 'tenant', value: 'a' }): Override {
  return { domain: 'test-domain', label: entry.key, entries: [entry], requests };
}

function decided(decision: Decision): Extract<Decision, { kind: 'decided' }> {
  if (decision.kind !== 'decided') throw new Error(decision.message);
  return decision;
}

describe('limits of single tenants', () => {
  test('hold at once, keep what was counted, and go again', async () => {
    let overrides = indexOverrides([]);
    const { limiter } = createTestLimiter(rules, { overrides: () => overrides });
    const ask = async (tenant = 'a') => {
      const { isOver, statuses } = decided(await limiter.decide(request([`tenant=${tenant}`])));
      return [isOver, statuses[0]?.limit?.requests, statuses[0]?.remaining];
    };
    expect([await ask(), await ask(), await ask()]).toEqual([
      [false, 2, 1],
      [false, 2, 0],
      [true, 2, 0],
    ]);
    overrides = indexOverrides([of(5)]);
    expect([await ask(), await ask(), await ask('b')]).toEqual([
      [false, 5, 1],
      [false, 5, 0],
      [false, 2, 1],
    ]);
    overrides = indexOverrides([]);
    expect(await ask()).toEqual([true, 2, 0]);
  });

  test('leave what is unlimited unlimited', async () => {
    const overrides = indexOverrides([of(0, { key: 'free', value: 'a' })]);
    const { limiter } = createTestLimiter(rules, { overrides: () => overrides });
    expect(decided(await limiter.decide(request(['free=a']))).isOver).toBe(false);
  });
});

describe('the cause of a decision', () => {
  test.each([
    [['tenant=b'], undefined],
    [['watched=a'], { label: 'watched', name: '', outcome: 'shadow_over' }],
    [['tenant=a', 'watched=a'], { label: 'tenant', name: 'per-tenant', outcome: 'over' }],
    [['watched=a', 'tenant=a'], { label: 'tenant', name: 'per-tenant', outcome: 'over' }],
  ])('of %j', async (entries, cause) => {
    const { limiter } = createTestLimiter(rules, { overrides: () => indexOverrides([of(0)]) });
    expect(decided(await limiter.decide(request(...entries.map((entry) => [entry])))).cause).toEqual(cause);
  });
});
