import { describe, expect, test } from '@jest/globals';
import { createRegistry } from '@paymesh/common/metrics';
import { createFakeClock, heapGrowthOf, seriesOf } from '@paymesh/common/testing';

import { createLimiter } from './limiter/index.ts';
import { buildRuleSet } from './match/index.ts';
import { createMetrics } from './metrics.ts';
import { createEmbeddedStore } from './store/index.ts';
import { descriptor } from './testing/index.ts';

const rules = buildRuleSet([{ domain: 'shop', nodes: [] }]);

function fresh() {
  const registry = createRegistry('rate-limiter');
  const limiter = createLimiter({
    rules: () => rules,
    store: createEmbeddedStore(),
    localStore: createEmbeddedStore(),
    clock: createFakeClock(0),
    observer: createMetrics(registry).observer,
  });
  const ask = (index: number) => {
    void limiter.decide({ domain: `stranger-${index}`, descriptors: [descriptor([`key-${index}=a`])] });
    void limiter.decide({ domain: 'shop', descriptors: [descriptor([`key-${index}=${index}`])] });
  };
  return { registry, ask };
}

describe('the labels of the rate limiter', () => {
  test('stay as they are over a million domains, keys and values that nobody configured', async () => {
    const { registry, ask } = fresh();
    ask(0);
    const series = await seriesOf(registry);
    const growth = await heapGrowthOf(() => {
      for (let index = 1; index <= 1_000_000; index += 1) ask(index);
    });
    expect(await seriesOf(registry)).toBe(series);
    expect(growth).toBeLessThan(8 * 1024 * 1024);
  }, 60_000);
});
