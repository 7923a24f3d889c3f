import { describe, expect, test } from '@jest/globals';

import { describeRules } from '../describe-rules.ts';
import { createTestLimiter, descriptor, limitedMesh, rulesFrom } from '../testing/index.ts';

const rules = (...args: Parameters<typeof limitedMesh>) =>
  rulesFrom([{ path: 'mesh.yaml', text: limitedMesh(...args) }]);

describe('policyRules', () => {
  test('makes a rule of each limit and of each override', () => {
    const shared = { isShadow: false, isQuota: false, onStoreDown: 'closed' };
    const burst = ['policy=pay/per-merchant', 'limit=burst'];
    const [domain] = describeRules(rules('3/m'));
    expect(domain?.rules).toContainEqual({
      descriptor: [...burst, 'principal', 'header.x-shop'],
      label: 'pay/per-merchant/burst',
      limit: '3/minute',
      ...shared,
    });
    expect(domain?.rules).toContainEqual({
      descriptor: [...burst, 'principal=vip', 'header.x-shop'],
      label: 'pay/per-merchant/burst',
      limit: '5/minute',
      ...shared,
    });
    expect(domain?.rules).toContainEqual({
      descriptor: ['policy=pay/per-merchant', 'limit=all'],
      label: 'pay/per-merchant/all',
      limit: '100/minute',
      ...shared,
    });
  });

  test.each([
    ['all values', ['principal=a', 'header.x-shop=1'], 3],
    ['no header', ['principal=a'], 3],
    ['no header of an override', ['principal=vip'], 5],
    ['no principal', ['header.x-shop=1'], 3],
    ['neither', [], 3],
  ])('limits a request with %s: leaving a header away is no way around', async (_name, values, allowed) => {
    const { limiter } = createTestLimiter(rules('3/m'));
    const entries = ['policy=pay/per-merchant', 'limit=burst', ...values];
    const passed: boolean[] = [];
    for (let index = 0; index <= allowed; index += 1) {
      const decision = await limiter.decide({ domain: 'paymesh', descriptors: [descriptor(entries)] });
      passed.push(!('isOver' in decision && decision.isOver));
    }
    expect(passed.filter(Boolean)).toHaveLength(allowed);
  });

  test.each([
    ['an owner', 'a', 3],
    ['the owner of an override', 'vip', 5],
    ['a pattern is only a text', 'vi*', 3],
  ])('%s', async (_name, principal, requests) => {
    const { limiter } = createTestLimiter(rules('3/m'));
    const entries = ['policy=pay/per-merchant', 'limit=burst', `principal=${principal}`, 'header.x-shop=1'];
    const decision = await limiter.decide({ domain: 'paymesh', descriptors: [descriptor(entries)] });
    expect(decision).toMatchObject({
      statuses: [{ limit: { requests, allowance: { period: { unit: 'minute' } }, name: 'burst' } }],
    });
  });

  test.each([
    ['3/10m', '3/10minute'],
    ['3/m, algorithm: Sliding', '3/minute sliding'],
    ['3/m, algorithm: TokenBucket, burst: 9', '3/minute burst 9'],
    ['3/d, algorithm: Calendar, timeZone: Asia/Shanghai', '3/day Asia/Shanghai'],
  ])('a rate of %s is %s', (rate, limit) => {
    const text = limitedMesh(rate).replace(', overrides: [{ value: vip, rate: 5/m }]', '');
    const [domain] = describeRules(rulesFrom([{ path: 'mesh.yaml', text }]));
    expect(domain?.rules).toContainEqual(expect.objectContaining({ label: 'pay/per-merchant/burst', limit }));
  });

  test('concurrency is so many at once, and a denied request holds nothing', () => {
    const text = limitedMesh('3/m').replace(
      'rate: 3/m, overrides: [{ value: vip, rate: 5/m }]',
      'concurrency: {max: 2, hold: 30s}, overrides: [{value: vip, max: 4}]',
    );
    const [domain] = rulesFrom([{ path: 'mesh.yaml', text }]).specs;
    expect(domain?.nodes[0]?.children[0]?.rules).toEqual([
      expect.objectContaining({
        allowance: { kind: 'concurrency', requests: 2, holdMs: 30_000 },
        isSpared: true,
        takenKey: 'taken.pay/per-merchant/burst',
      }),
    ]);
    expect(JSON.stringify(domain)).toContain('"requests":4');
  });

  test('Shadow counts and never enforces', async () => {
    const { limiter } = createTestLimiter(rules('3/m', { mode: 'Shadow' }));
    const entries = ['policy=pay/per-merchant', 'limit=burst', 'principal=a', 'header.x-shop=1'];
    const decision = await limiter.decide({
      domain: 'paymesh',
      descriptors: [descriptor(entries, { hits: 9 })],
    });
    expect(decision).toMatchObject({ isOver: false, statuses: [{ isOver: false, remaining: 0 }] });
  });

  test('Off makes no rule', () => {
    expect(describeRules(rules('3/m', { mode: 'Off' }))).toEqual([{ domain: 'paymesh', rules: [] }]);
  });

  test.each([
    ['{ fallback: Open }', 'open'],
    ['{ fallback: Closed }', 'closed'],
    ['{ fallback: Local, factor: 0.25 }', 'local 0.25'],
  ])('onStoreDown %s is %s', (fallback, expected) => {
    const [domain] = describeRules(rules('3/m', { fallback }));
    expect(new Set(domain?.rules.map(({ onStoreDown }) => onStoreDown))).toEqual(new Set([expected]));
  });
});
