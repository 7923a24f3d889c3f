import { create, toBinary } from '@bufbuild/protobuf';
import { RateLimitRequestSchema } from '@paymesh/common/envoy-ratelimit';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import { createFakeClock, NUMBER, printFlood } from '@paymesh/common/testing';

import { createLimiter } from '../limiter/index.ts';
import { createMetrics } from '../metrics.ts';
import { createRlsService } from '../rls/index.ts';
import { createEmbeddedStore } from '../store/index.ts';
import { rulesFrom } from './index.ts';

// A million calls of callers whom nobody saw before; prints what they left behind.
/** The clock goes on by so much with each call, in milliseconds. */
const STEP_MS = 1;
const RULES = `domain: shop
descriptors:
  - key: user
    rate_limit: { unit: second, requests_per_unit: 1 }
`;

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
].map((ask) => toBinary(RateLimitRequestSchema, create(RateLimitRequestSchema, ask)));
await printFlood({
  registry,
  templates,
  send: (message) => {
    clock.advance(STEP_MS);
    return serve?.(message, { get: () => undefined });
  },
  // More than the counters of a window: they have begun to be forgotten.
  warmUp: 10_000,
  calls: 1_000_000,
});
