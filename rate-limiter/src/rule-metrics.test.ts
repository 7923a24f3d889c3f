import { describe, expect, test } from '@jest/globals';
import { Registry } from '@paymesh/common/metrics';

import type { DecidedLimit } from './limiter/index.ts';
import { createRuleMetrics } from './rule-metrics.ts';

function limit(label: string, more: Partial<DecidedLimit> = {}): DecidedLimit {
  const rule = { label } as DecidedLimit['rule'];
  return { domain: 'shop', rule, entries: [], key: '', hits: 1, outcome: 'within', share: 0.2, ...more };
}

describe('createRuleMetrics', () => {
  test('counts decisions, hits and how much of the limit was used', async () => {
    const registry = new Registry();
    const { add } = createRuleMetrics(registry);
    add(limit('user', { hits: 3 }));
    add(limit('user', { outcome: 'over', share: 1 }));
    add(limit('user', { hits: -2, share: 0 }));
    add(limit('free', { outcome: 'unlimited', share: 0 }));
    const text = await registry.metrics();
    expect(text).toContain(
      'paymesh_ratelimit_decisions_total{domain="shop",limit="user",outcome="within"} 2',
    );
    expect(text).toContain('paymesh_ratelimit_hits_total{domain="shop",limit="user",outcome="within"} 3');
    expect(text).toContain('paymesh_ratelimit_hits_total{domain="shop",limit="user",outcome="over"} 1');
    expect(text).toContain(
      'paymesh_ratelimit_decisions_total{domain="shop",limit="free",outcome="unlimited"} 1',
    );
    expect(text).toContain('paymesh_ratelimit_used_ratio_bucket{le="0.25",domain="shop",limit="user"} 2');
    expect(text).toContain('paymesh_ratelimit_used_ratio_bucket{le="+Inf",domain="shop",limit="user"} 3');
    expect(text).not.toContain('used_ratio_bucket{le="1",domain="shop",limit="free"}');
  });

  test('cannot grow for ever: rules past the most are one', async () => {
    const registry = new Registry();
    const { add } = createRuleMetrics(registry, 2);
    for (let i = 0; i < 100; i += 1) add(limit(`rule-${i}`));
    const text = await registry.metrics();
    expect(text).toContain(
      'paymesh_ratelimit_decisions_total{domain="other",limit="other",outcome="within"} 98',
    );
    expect(text).not.toContain('rule-2"');
  });
});
