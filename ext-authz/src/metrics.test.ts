import { describe, expect, test } from '@jest/globals';
import { createRegistry } from '@paymesh/common/metrics';
import { heapGrowthOf, seriesOf } from '@paymesh/common/testing';

import type { Decision } from './decision/index.ts';
import { createMetrics } from './metrics.ts';
import { POLICY, rule, ruleSet, signedCheck } from './testing/fixtures.ts';
import { start } from './testing/start.ts';

const MILLION = 1_000_000;
const FLAT_BYTES = 8 * 1024 * 1024;

function fresh() {
  const registry = createRegistry('ext-authz');
  const routes = new Map([['pay/charge', 'pay/payments']]);
  const metrics = createMetrics({
    registry,
    countNonces: () => 0,
    keySets: () => new Map(),
    serviceOf: (route) => routes.get(route),
  });
  return { registry, metrics };
}

const DENIED: Decision = { kind: 'deny', policyId: undefined, reason: 'unknown_policy', keyId: undefined };

describe('the labels of ext-authz', () => {
  test.each([
    ['pay/charge', 'service="pay/payments",route="pay/charge"'],
    ['passthrough', 'service="unknown",route="passthrough"'],
    ['../../etc/passwd', 'service="unknown",route="unknown"'],
    [undefined, 'service="unknown",route="unknown"'],
  ])('of the route %s', async (route, labels) => {
    const { registry, metrics } = fresh();
    metrics.decided(DENIED, route, 0);
    expect(await registry.metrics()).toContain(`paymesh_authz_decisions_total{${labels},`);
  });

  test('count what shadow policies would have denied, of both kinds', async () => {
    const { registry, metrics } = fresh();
    const trial = { policyId: 'pay/who', reason: 'access_denied' } as const;
    const shadow = { kind: 'shadow_deny', policyId: 'pay/sign', reason: 'bad_signature' } as const;
    metrics.decided({ ...shadow, keyId: undefined, accessTrial: trial }, 'pay/charge', 0);
    const text = await registry.metrics();
    expect(text).toContain('policy="pay/sign",would="deny",reason="bad_signature"');
    expect(text).toContain('policy="pay/who",would="deny",reason="access_denied"');
  });

  test('stay as they are over a million routes that nobody configured', async () => {
    const { registry, metrics } = fresh();
    metrics.decided(DENIED, 'stranger', 0);
    const series = await seriesOf(registry);
    const growth = await heapGrowthOf(() => {
      for (let index = 0; index < MILLION; index += 1) metrics.decided(DENIED, `stranger-${index}`, 0);
    });
    expect(await seriesOf(registry)).toBe(series);
    expect(growth).toBeLessThan(FLAT_BYTES);
  }, 60_000);

  test('hold nothing of hostile checks', async () => {
    const service = start(ruleSet(rule()));
    const ask = async (index: number) => {
      const check = signedCheck({ keyId: `key-${index}`, path: `/${index}` });
      const contextExtensions = { policy: index % 2 === 0 ? POLICY : `policy-${index}`, route: `r-${index}` };
      await service.check({ ...check, host: `host-${index}`, method: `M${index}`, contextExtensions });
    };
    await ask(0);
    await ask(1);
    const decisions = async () => (await service.output()).match(/^paymesh_authz_decisions_total\{.*\}/gm);
    const before = await decisions();
    for (let index = 2; index < 3_000; index += 1) await ask(index);
    expect(before).toHaveLength(2);
    expect(await decisions()).toEqual(before);
  }, 60_000);
});
