import { describe, expect, test } from '@jest/globals';

import { fixture } from '../testing/index.ts';
import { compileRateLimits } from './rate-limits.ts';

type Fallback = 'Open' | 'Closed' | 'Local';

const policy = (id: string, fallback: Fallback, mode: 'Enforce' | 'Shadow' = 'Enforce') =>
  fixture({
    kind: 'RateLimitPolicy',
    id,
    spec: {
      mode,
      priority: 0,
      targetRefs: [],
      limits: [
        {
          name: 'burst',
          per: [{ kind: 'principal' }, { kind: 'header', name: 'x-shop' }, { kind: 'remoteAddress' }],
          measure: { algorithm: 'Fixed', rate: { requests: 1, unit: 'second', every: 1 } },
          consume: 'Always',
          overrides: [],
        },
        {
          name: 'all',
          per: [],
          measure: { algorithm: 'Fixed', rate: { requests: 9, unit: 'day', every: 1 } },
          consume: 'Always',
          overrides: [],
        },
      ],
      onLimited: { status: 429, retryAfter: true, headers: 'draft' },
      onStoreDown: { fallback, factor: 1 },
    },
    typed: ['spec.limits[0]'],
  });

describe('compileRateLimits', () => {
  test.each<[Fallback, 'Enforce' | 'Shadow', string]>([
    ['Open', 'Enforce', 'allow'],
    ['Local', 'Enforce', 'allow'],
    ['Closed', 'Enforce', 'deny'],
    ['Closed', 'Shadow', 'allow'],
  ])('without a limiter %s in mode %s means %s', (fallback, mode, expected) => {
    const [first] = compileRateLimits([policy('pay/a', fallback, mode)]).service;
    expect(first?.limit.onUnavailable).toBe(expected);
  });

  test('the entries are those of the shared descriptor', () => {
    const [burst, all] = compileRateLimits([policy('pay/a', 'Open')]).service.map(
      ({ limit }) => limit.entries,
    );
    expect(burst).toEqual([
      { kind: 'fixed', key: 'policy', value: 'pay/a' },
      { kind: 'fixed', key: 'limit', value: 'burst' },
      { kind: 'header', key: 'principal', header: 'x-paymesh-principal' },
      { kind: 'header', key: 'header.x-shop', header: 'x-shop' },
      { kind: 'remoteAddress', key: 'remote_address' },
    ]);
    expect(all).toHaveLength(2);
  });

  test('limits of several policies add up, by policy and as written', () => {
    const found = compileRateLimits([policy('pay/b', 'Open'), policy('pay/a', 'Open')]).service;
    expect(found.map(({ limit, from }) => `${limit.policy} ${limit.limit} ${from}`)).toEqual([
      'pay/a burst pay/a.yaml:2:1',
      'pay/a all pay/a.yaml:1:1',
      'pay/b burst pay/b.yaml:2:1',
      'pay/b all pay/b.yaml:1:1',
    ]);
  });
});
