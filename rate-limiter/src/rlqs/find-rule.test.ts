import { describe, expect, test } from '@jest/globals';

import { createFakeClock } from '@paymesh/common/testing';

import { indexOverrides } from '../overrides/index.ts';
import { limitedMesh, rulesFrom } from '../testing/index.ts';
import { createFindQuotaRule } from './find-rule.ts';

const YAML = `
domain: shop
descriptors:
  - key: user
    rate_limit: {unit: minute, requests_per_unit: 5}
    descriptors:
      - {key: path, value: /pay, rate_limit: {unit: hour, requests_per_unit: 7}}
  - {key: path, value: "/v*", rate_limit: {unit: second, requests_per_unit: 3}}
  - {key: free, rate_limit: {unlimited: true}}
`;

const rules = rulesFrom([
  { path: 'shop.yaml', text: YAML },
  { path: 'mesh.yaml', text: limitedMesh('20/s') },
]);
const clock = createFakeClock(1_000);
const find = createFindQuotaRule({ rules: () => rules, overrides: () => indexOverrides([]), clock });

const entries = (pairs: Record<string, string>) =>
  Object.entries(pairs).map(([key, value]) => ({ key, value }));

const merchant = { policy: 'pay/per-merchant', limit: 'burst' };

describe('createFindQuotaRule', () => {
  test.each<[string, string, Record<string, string>, number, number]>([
    ['one key', 'shop', { user: 'a' }, 5, 60_000],
    ['keys in the order of the tree', 'shop', { path: '/pay', user: 'a' }, 7, 3_600_000],
    ['a pattern', 'shop', { path: '/v1' }, 3, 1_000],
    ['a policy', 'paymesh', { ...merchant, principal: 'm', 'header.x-shop': 's' }, 20, 1_000],
    [
      'a policy, its keys sorted',
      'paymesh',
      { 'header.x-shop': 's', limit: 'burst', policy: 'pay/per-merchant', principal: 'm' },
      20,
      1_000,
    ],
    ['an override', 'paymesh', { ...merchant, principal: 'vip' }, 5, 60_000],
    ['a policy without values', 'paymesh', merchant, 20, 1_000],
  ])('finds %s', (_name, domain, pairs, requests, periodMs) => {
    expect(find(domain, entries(pairs))).toMatchObject({ requests, periodMs, isShadow: false });
  });

  test.each<[string, string, Record<string, string>]>([
    ['another domain', 'nowhere', { user: 'a' }],
    ['another key', 'shop', { colour: 'a' }],
    ['a key too many', 'shop', { user: 'a', path: '/pay', colour: 'a' }],
    ['an unlimited rule', 'shop', { free: 'a' }],
  ])('finds nothing for %s', (_name, domain, pairs) => {
    expect(find(domain, entries(pairs))).toBeUndefined();
  });

  describe('with overrides of tenants', () => {
    const label = 'pay/per-merchant/burst';
    const of = (requests: number, pairs: Record<string, string>, untilMs?: number) => ({
      ...{ domain: 'paymesh', label, entries: entries(pairs), requests },
      ...(untilMs !== undefined && { untilMs }),
    });
    const all = [
      of(7, { principal: 'm' }),
      of(9, { principal: 'm', 'header.x-shop': 's' }),
      of(3, { principal: 'old' }, 1_000),
    ];
    const findOwn = createFindQuotaRule({ rules: () => rules, overrides: () => indexOverrides(all), clock });

    test.each<[string, Record<string, string>, number]>([
      ['theirs', { principal: 'm', 'header.x-shop': 'other' }, 7],
      ['that of most entries', { 'header.x-shop': 's', principal: 'm' }, 9],
      ['that of the rule for another tenant', { principal: 'n', 'header.x-shop': 's' }, 20],
      ['that of the rule once it has ended', { principal: 'old', 'header.x-shop': 's' }, 20],
    ])('finds %s', (_name, pairs, requests) => {
      expect(findOwn('paymesh', entries({ ...merchant, ...pairs }))).toMatchObject({ requests, label });
    });
  });

  test('finds nothing before there are rules', () => {
    const none = createFindQuotaRule({ rules: () => undefined, overrides: () => indexOverrides([]), clock });
    expect(none('shop', entries({ user: 'a' }))).toBeUndefined();
  });
});
