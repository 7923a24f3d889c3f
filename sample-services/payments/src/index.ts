import { setTimeout as pause } from 'node:timers/promises';

import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import type { Secret } from '@paymesh/common/secret';
import { createService, type OutboundClient } from '@paymesh/sample-kit';
import type { FastifyInstance } from 'fastify';

import { addNotificationRoutes } from './notification/index.ts';
import { addPaymentMetrics } from './payment-metrics.ts';
import { addPaymentRoutes } from './payment-routes.ts';
import type { PaymentStore } from './payment-store.ts';
import type { Resolver } from './resolver.ts';

export { type Background, startBackground } from './background.ts';
export type { PaymentStore } from './payment-store.ts';
export { createResolver, type Resolver } from './resolver.ts';
export { openPaymentStore } from './sqlite-payment-store.ts';

export interface PaymentsOptions {
  readonly instance: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly store: PaymentStore;
  readonly outbound: OutboundClient;
  readonly resolver: Resolver;
  /** No charge can be in flight any more after that many milliseconds since it was sent. */
  readonly inFlightMs: number;
  /** Decrypts the notifications of WeChat Pay. Default: none, and it cannot notify. */
  readonly apiV3Key?: Secret | undefined;
}

/** The payments service: a payment once for each idempotency key, on any of its instances. */
export function buildPayments(options: PaymentsOptions): FastifyInstance {
  const registry = createRegistry('payments');
  const metrics = addPaymentMetrics(registry, options.store);
  const app = createService({ ...options, registry });
  addPaymentRoutes(app, { ...options, metrics, pause });
  addNotificationRoutes(app, { ...options, metrics });
  return app;
}
