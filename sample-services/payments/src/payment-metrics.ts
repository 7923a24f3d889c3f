import { Counter, Gauge, type Registry } from '@paymesh/common/metrics';

import type { PaymentStore } from './payment-store.ts';

/** What the payments service counts. */
export interface PaymentMetrics {
  readonly requests: Counter<'channel' | 'result'>;
  readonly duplicates: Counter;
  readonly notifications: Counter<'provider' | 'result'>;
}

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
  return {
    requests: new Counter({
      name: 'payment_requests_total',
      help: 'Creates by channel and result',
      labelNames: ['channel', 'result'],
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
