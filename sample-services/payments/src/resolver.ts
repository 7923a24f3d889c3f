import { randomUUID } from 'node:crypto';

import type { Logger } from '@paymesh/common/log';

import { type AdvanceOptions, advance } from './advance.ts';
import { FencedOutError } from './payment-store.ts';
import { isFinal } from './state-machine.ts';

export interface ResolverOptions extends AdvanceOptions {
  readonly log: Logger;
  /** How long an owner must be dead before the resolver steps in: a client's retry comes first. Default 5 000. */
  readonly orphanMs?: number;
}

/** Finishes what requests left open: unknown payments, charged ones not booked, those of dead instances. */
export interface Resolver {
  /** Works on what is due, a few at a time; gives how many became final. */
  runOnce(): Promise<number>;
  /** Works on one payment now, unless somebody else is at it. */
  resolve(paymentId: string): Promise<void>;
}

const DEFAULT_ORPHAN_MS = 5_000;
const AT_ONCE = 8;

/** A resolver; it never charges, it only finds out and books. */
export function createResolver({ orphanMs = DEFAULT_ORPHAN_MS, ...options }: ResolverOptions): Resolver {
  return {
    runOnce: async () => {
      const due = await options.store.due({ orphanMs, limit: AT_ONCE });
      const results = await Promise.all(due.map((id) => resolveOne(options, id)));
      return results.filter(Boolean).length;
    },
    resolve: async (paymentId) => {
      await resolveOne(options, paymentId);
    },
  };
}

async function resolveOne(options: ResolverOptions, paymentId: string): Promise<boolean> {
  const { store, log } = options;
  const payment = await store.claim(paymentId, { mayCharge: false });
  if (payment === undefined) return false;
  try {
    const context = { requestId: randomUUID() };
    const advanced = await advance({ ...options, payment, context, kind: 'resolve' });
    return advanced.kind === 'not-sent' || isFinal(advanced.payment.state);
  } catch (error) {
    if (error instanceof FencedOutError) return false;
    log.error({ err: error, paymentId }, 'could not resolve a payment');
    store.release(paymentId);
    return false;
  }
}
