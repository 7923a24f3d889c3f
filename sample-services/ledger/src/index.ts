import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { Counter, createRegistry, Gauge, type Registry } from '@paymesh/common/metrics';
import { createService, orInvalid, Problem, parseId } from '@paymesh/sample-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import type { LedgerStore } from './ledger-store.ts';
import { findImbalance, parsePosting } from './posting.ts';

export type { LedgerStore } from './ledger-store.ts';
export { openLedgerStore } from './sqlite-ledger-store.ts';

export interface LedgerOptions {
  readonly instance: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly store: LedgerStore;
}

interface Ledger extends LedgerOptions {
  readonly postings: Counter;
}

/** The books: double entry, append-only, one posting a payment. */
export function buildLedger(options: LedgerOptions): FastifyInstance {
  const { store } = options;
  const registry = createRegistry('ledger');
  const ledger = { ...options, postings: addMetrics(registry, store) };
  const app = createService({ ...options, registry });
  app.post('/v1/entries', (request, reply) => post(ledger, request, reply));
  app.get<{ Querystring: { paymentId?: unknown } }>('/v1/entries', async (request) => {
    const paymentId = orInvalid(parseId(request.query.paymentId, 'paymentId'));
    return { paymentId, entries: await store.entries(paymentId) };
  });
  app.get('/v1/balance', async () => {
    const accounts = await store.balances();
    return { accounts, totals: totalsOf(accounts) };
  });
  app.get('/v1/audit', () => store.audit());
  return app;
}

async function post(ledger: Ledger, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const posting = orInvalid(parsePosting(request.body));
  const currency = findImbalance(posting.entries);
  if (currency !== undefined) {
    ledger.postings.inc({ result: 'unbalanced' });
    throw new Problem(422, 'UNBALANCED', `debits and credits of ${currency} differ`);
  }
  const result = await ledger.store.post(posting, ledger.clock.now());
  ledger.postings.inc({ result });
  if (result === 'conflict') {
    throw new Problem(409, 'POSTING_CONFLICT', 'other entries were posted for this payment');
  }
  return reply.status(200).send(posting);
}

function addMetrics(registry: Registry, store: LedgerStore): Counter {
  const gauge = new Gauge({
    name: 'payment_ledger_imbalance_minor',
    help: 'Difference between all debits and credits; must be 0',
    registers: [],
    async collect() {
      this.set((await store.audit()).imbalanceMinor);
    },
  });
  registry.registerMetric(gauge);
  return new Counter({
    name: 'ledger_postings_total',
    help: 'Postings by result',
    labelNames: ['result'],
    registers: [registry],
  });
}

function totalsOf(
  accounts: readonly { readonly currency: string; readonly minor: number }[],
): Readonly<Record<string, number>> {
  const totals: Record<string, number> = {};
  for (const { currency, minor } of accounts) totals[currency] = (totals[currency] ?? 0) + minor;
  return totals;
}
