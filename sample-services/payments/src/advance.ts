import type { Clock } from '@paymesh/common/clock';
import type { CallContext, OutboundClient } from '@paymesh/sample-kit';

import { createAnswer } from './answer.ts';
import { assessRisk } from './assess-risk.ts';
import { sendCharge } from './charge.ts';
import { findCharge } from './find-charge.ts';
import type { Payment } from './payment.ts';
import type { PaymentStore } from './payment-store.ts';
import { postEntries } from './post-entries.ts';
import type { ProviderCharge } from './provider-charge.ts';

export interface AdvanceOptions {
  readonly store: PaymentStore;
  readonly outbound: OutboundClient;
  readonly clock: Clock;
  /** No charge can be in flight any more after that many milliseconds since it was sent. */
  readonly inFlightMs: number;
}

/** Work on one payment that this instance owns. */
export interface Work extends AdvanceOptions {
  readonly payment: Payment;
  readonly context: CallContext;
  /** False for the resolver: nobody waits for this payment, so it only finds out and books. */
  readonly mayCharge: boolean;
}

/** How far it came. `not-sent`: no money can have moved, and the key is free for another try. */
export type Advanced =
  | { readonly kind: 'settled'; readonly payment: Payment }
  | { readonly kind: 'not-sent'; readonly code: 'PSP_UNAVAILABLE' | 'RISK_UNAVAILABLE' };

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;
const MAX_DOUBLINGS = 5;

/**
 * Carries a payment on from its recorded state: risk, charge, ledger. Whatever was sent by an earlier owner
 * is looked up at the providers before anything is sent again.
 */
export async function advance(work: Work): Promise<Advanced> {
  const { payment, mayCharge } = work;
  if (payment.state === 'authorised') return book(work, payment);
  if (payment.chargeSentAt !== undefined) return lookUp(work, payment.chargeSentAt);
  if (!mayCharge) return giveUp(work, 'PSP_UNAVAILABLE', 'abandoned before it was charged');
  return assessAndCharge(work);
}

async function lookUp(work: Work, sentAt: number): Promise<Advanced> {
  const found = await findCharge(work.outbound, work.payment, work.context);
  if (found.kind === 'charged') return authorise(work, found.charge);
  if (found.kind === 'unclear') return suspend(work, 'the providers cannot tell yet');
  if (work.mayCharge) return charge(work);
  if (work.clock.now() - sentAt <= work.inFlightMs) return suspend(work, 'a charge may still be in flight');
  return fail(work, 'no provider charged it');
}

async function assessAndCharge(work: Work): Promise<Advanced> {
  const risk = await assessRisk(work.outbound, work.payment, work.context);
  if (risk.kind === 'unavailable') return giveUp(work, 'RISK_UNAVAILABLE', 'the risk service did not answer');
  if (risk.kind === 'denied') return fail(work, `risk: ${risk.reasons.join(', ')}`);
  return charge(work);
}

async function charge(work: Work): Promise<Advanced> {
  const wasSentBefore = work.payment.chargeSentAt !== undefined;
  // Also the last check of ownership before money moves.
  const payment = await work.store.markSent(work.payment.id);
  const result = await sendCharge(work.outbound, payment, work.context);
  switch (result.kind) {
    case 'charged':
      return authorise(work, result.charge);
    case 'unclear':
      return suspend(work, result.reason);
    case 'refused':
      // An earlier owner's charge may still arrive, and would not be refused.
      return wasSentBefore ? suspend(work, result.reason) : fail(work, `refused: ${result.reason}`);
    case 'not-sent':
      return wasSentBefore ? suspend(work, result.reason) : giveUp(work, 'PSP_UNAVAILABLE', result.reason);
  }
}

async function authorise(work: Work, found: ProviderCharge): Promise<Advanced> {
  return book(work, await work.store.authorise(work.payment.id, found));
}

async function book(work: Work, payment: Payment): Promise<Advanced> {
  const isBooked = await postEntries(work.outbound, payment, work.context);
  if (!isBooked) return suspend({ ...work, payment }, 'charged, waiting for the ledger');
  return settled(work, { to: 'succeeded' });
}

/** Leaves the payment to the resolver. Charged it can only go forward; otherwise nobody knows yet. */
async function suspend(work: Work, reason: string): Promise<Advanced> {
  const { payment, clock } = work;
  const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(payment.attempts, MAX_DOUBLINGS), LONGEST_RETRY_MS);
  const to = payment.state === 'authorised' ? 'authorised' : 'unknown';
  return settled(work, { to, reason, nextTryAt: clock.now() + waitMs });
}

function fail(work: Work, reason: string): Promise<Advanced> {
  return settled(work, { to: 'failed', reason });
}

async function giveUp(
  { store, payment }: Work,
  code: 'PSP_UNAVAILABLE' | 'RISK_UNAVAILABLE',
  reason: string,
): Promise<Advanced> {
  await store.settle(payment.id, { to: 'failed', reason, answer: 'release' });
  return { kind: 'not-sent', code };
}

async function settled(
  { store, payment, context }: Work,
  settlement: {
    readonly to: Payment['state'];
    readonly reason?: string;
    readonly nextTryAt?: number;
  },
): Promise<Advanced> {
  const after = await store.settle(payment.id, {
    ...settlement,
    answer: (changed) => createAnswer(changed, context.requestId),
  });
  return { kind: 'settled', payment: after };
}
