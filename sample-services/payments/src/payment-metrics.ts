import { Counter, Gauge, Histogram, type Registry } from '@paymesh/common/metrics';

import type { PaymentStore } from './payment-store.ts';

/** What the payments service counts. */
export interface PaymentMetrics {
  readonly requests: Counter<'channel' | 'result'>;
  readonly seconds: Histogram<'channel'>;
  /** By the channel that was asked for and the provider that charged: other than its own is a failover. */
  readonly charges: Counter<'channel' | 'provider'>;
  readonly duplicates: Counter;
  readonly notifications: Counter<'provider' | 'result'>;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Registers the metrics of the service; the states are counted in the store when somebody looks. */
export function addPaymentMetrics(registry: Registry, store: PaymentStore): PaymentMetrics {
  const gauge = new Gauge({
    name: 'payment_state',
    help: 'Payments by state, in the file that all instances share',
    labelNames: ['state'],
    registers: [],
    async collect() {
      for (const [state, count] of Object.entries(await store.countByState())) this.set({ state }, count);
    },
  });
  registry.registerMetric(gauge);
  const lag = new Gauge({
    name: 'payment_outbox_lag_seconds',
    help: 'Age of the oldest payment that is not finished, in the file that all instances share; 0 without one',
    registers: [],
    async collect() {
      this.set(await store.oldestOpenSeconds());
    },
  });
  registry.registerMetric(lag);
  return {
    requests: new Counter({
      name: 'payment_requests_total',
      help: 'Creates by channel and result',
      labelNames: ['channel', 'result'],
      registers: [registry],
    }),
    seconds: new Histogram({
      name: 'payment_duration_seconds',
      help: 'Time from a create to its answer, by channel',
      labelNames: ['channel'],
      buckets: SECONDS,
      registers: [registry],
    }),
    charges: new Counter({
      name: 'payment_charges_total',
      help: 'Creates that were charged, by the channel asked for and the provider that charged',
      labelNames: ['channel', 'provider'],
      registers: [registry],
    }),
    duplicates: new Counter({
      name: 'payment_duplicate_prevented_total',
      help: 'Creates that would have paid twice: replayed, still running, or the key of another body',
      registers: [registry],
    }),
    notifications: new Counter({
      name: 'payment_notifications_total',
      help: 'Notifications of providers, by what they came to: settled, final, open, unknown, refused',
      labelNames: ['provider', 'result'],
      registers: [registry],
    }),
  };
}
