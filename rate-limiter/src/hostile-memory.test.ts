import { create, toBinary } from '@bufbuild/protobuf';
import { expect, test } from '@jest/globals';
import { RateLimitRequestSchema } from '@paymesh/common/envoy-ratelimit';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import {
  createFakeClock,
  createNumberedBytes,
  heapGrowthOf,
  NUMBER,
  seriesOf,
} from '@paymesh/common/testing';

import { createLimiter } from './limiter/index.ts';
import { createMetrics } from './metrics.ts';
import { createRlsService } from './rls/index.ts';
import { createEmbeddedStore } from './store/index.ts';
import { rulesFrom } from './testing/index.ts';

const MILLION = 1_000_000;
/** A minute where nothing else runs. */
const TIMEOUT_MS = 1_800_000;
/** More than the counters of a window: they have begun to be forgotten. */
const WARM_UP = 5_000;
const FLAT_BYTES = 8 * 1024 * 1024;
/** The clock goes on by so much with each call, in milliseconds. */
const STEP_MS = 1;
const RULES = `domain: shop
descriptors:
  - key: user
    rate_limit: { unit: second, requests_per_unit: 1 }
`;

test(
  'a million callers whom nobody saw before leave series and heap as they were',
  async () => {
    const clock = createFakeClock();
    const registry = createRegistry('rate-limiter');
    const rules = rulesFrom([{ path: 'shop.yaml', text: RULES }]);
    const metrics = createMetrics(registry);
    const limiter = createLimiter({
      rules: () => rules,
      store: createEmbeddedStore(),
      localStore: createEmbeddedStore(),
      clock,
      observer: metrics.observer,
    });
    const log = createLogger({ service: 'rate-limiter', level: 'silent' });
    const [serve] = Object.values(createRlsService({ limiter, log, onCall: metrics.observeCall }));
    const descriptors = [
      { entries: [{ key: 'user', value: `user-${NUMBER}` }] },
      { entries: [{ key: `key-${NUMBER}`, value: `value-${NUMBER}` }] },
    ];
    const templates = [
      { domain: 'shop', descriptors },
      { domain: `shop-${NUMBER}`, descriptors },
    ].map((ask) =>
      createNumberedBytes(toBinary(RateLimitRequestSchema, create(RateLimitRequestSchema, ask))),
    );
    let number = 0;
    const ask = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round += 1)
        for (const template of templates) {
          clock.advance(STEP_MS);
          number += 1;
          await serve?.(template(number), { get: () => undefined });
        }
    };
    await ask(WARM_UP);
    const series = await seriesOf(registry);
    const growth = await heapGrowthOf(() => ask(MILLION / templates.length));
    expect(await seriesOf(registry)).toBe(series);
    expect(growth).toBeLessThan(FLAT_BYTES);
    expect(await registry.metrics()).toMatch(/decisions_total\{.*outcome="\w+".*\} 505000/);
  },
  TIMEOUT_MS,
);
