import type { Clock } from '@paymesh/common/clock';
import type { CallContext, OutboundClient } from '@paymesh/sample-kit';

import { createAnswer } from './answer.ts';
import { assessRisk } from './assess-risk.ts';
import { type ChargeResult, FIRST_PROVIDER, sendCharge } from './charge.ts';
import { type FindOptions, type FindResult, findCharge } from './find-charge.ts';
import type { Payment } from './payment.ts';
import type { PaymentStore, Settlement } from './payment-store.ts';
import { postEntries } from './post-entries.ts';
import { PROVIDERS, type ProviderCharge } from './provider-charge.ts';

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
  /**
   * `first`: nothing was sent for it yet. `takeover`: an owner died, and may have sent a charge.
   * `resolve`: nobody waits for it, so it is only found out and booked, never charged.
   */
  readonly kind: 'first' | 'takeover' | 'resolve';
}

/** How far it came. `not-sent`: no money can have moved, and the key is free for another try. */
export type Advanced =
  | { readonly kind: 'settled'; readonly payment: Payment }
  | { readonly kind: 'not-sent'; readonly code: 'PSP_UNAVAILABLE' | 'RISK_UNAVAILABLE' };

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;
const MAX_DOUBLINGS = 5;

/**
 * Carries a payment on from its recorded state: risk, charge, ledger. Whatever an earlier owner may have sent
 * is looked up at the providers before anything is sent again.
 */
export async function advance(work: Work): Promise<Advanced> {
  const { payment, kind } = work;
  if (payment.state === 'authorised') return book(work);
  return kind === 'first' ? assessAndCharge(work) : lookUp(work);
}

async function lookUp(work: Work): Promise<Advanced> {
  const { payment, kind, clock, inFlightMs } = work;
  if (kind === 'takeover') return lookUpAndCharge(work);
  const found = await find(work);
  if (found.kind !== 'absent') return settleFound(work, found);
  if (clock.now() - payment.workedAt <= inFlightMs) return suspend(work, 'a charge may still be in flight');
  return failOnceClosed(work, 'no provider charged it');
}

/**
 * The dead owner's charge may still be on its way, and may wake up with it. At the first provider it is the same
 * charge as the one sent now; at every other one it would be a second, so it is made impossible there first.
 */
async function lookUpAndCharge(work: Work): Promise<Advanced> {
  const first = FIRST_PROVIDER[work.payment.channel];
  const found = await find(work, { closeAt: PROVIDERS.filter((provider) => provider !== first) });
  return found.kind === 'absent' ? assessAndCharge(work) : settleFound(work, found);
}

/** Fails a payment for which a charge may have been sent: only where none can be made any more. */
async function failOnceClosed(work: Work, reason: string, asked: FindOptions = {}): Promise<Advanced> {
  const found = await find(work, { ...asked, closeAt: PROVIDERS });
  return found.kind === 'absent' ? settled(work, { to: 'failed', reason }) : settleFound(work, found);
}

function find({ outbound, payment, context }: Work, options: FindOptions = {}): Promise<FindResult> {
  return findCharge(outbound, payment, context, options);
}

function settleFound(work: Work, found: Exclude<FindResult, { kind: 'absent' }>): Promise<Advanced> {
  return found.kind === 'charged' ? book(work, found.charge) : suspend(work, 'the providers cannot tell yet');
}

async function assessAndCharge(work: Work): Promise<Advanced> {
  const risk = await assessRisk(work.outbound, work.payment, work.context);
  if (risk.kind === 'unavailable') return giveUp(work, 'RISK_UNAVAILABLE', 'the risk service did not answer');
  if (risk.kind === 'denied') {
    const reason = `risk: ${risk.reasons.join(', ')}`;
    return work.kind === 'first' ? settled(work, { to: 'failed', reason }) : suspend(work, reason);
  }
  return charge(work);
}

async function charge(work: Work): Promise<Advanced> {
  await work.store.assertOwned(work.payment.id);
  const result = await sendCharge(work.outbound, work.payment, work.context);
  switch (result.kind) {
    case 'charged':
      return book(work, result.charge);
    case 'unclear':
      return suspend(work, result.reason);
    case 'refused':
      return refuse(work, result);
    case 'not-sent':
      return giveUp(work, 'PSP_UNAVAILABLE', result.reason);
  }
}

/**
 * Books a charge and so ends the payment. That it was charged need not be written down before: an owner that
 * takes over asks the providers, and the ledger takes a payment once.
 */
async function book(work: Work, found?: ProviderCharge): Promise<Advanced> {
  const provider = found?.provider ?? work.payment.provider;
  const isBooked = await postEntries(work.outbound, { ...work.payment, provider }, work.context);
  const charged = found === undefined ? {} : { charge: found };
  if (isBooked) return settled(work, { to: 'succeeded', ...charged });
  return settled(work, {
    to: 'authorised',
    reason: 'charged, waiting for the ledger',
    nextTryAt: nextTryAt(work),
    ...charged,
  });
}

/** Nobody knows whether it was charged: left to the resolver. */
function suspend(work: Work, reason: string): Promise<Advanced> {
  return settled(work, { to: 'unknown', reason, nextTryAt: nextTryAt(work) });
}

/**
 * Refused by one provider, and by the rules of the mesh no other one has seen it. After a takeover a dead owner's
 * charge may still arrive, so nobody knows.
 */
async function refuse(work: Work, refused: Extract<ChargeResult, { kind: 'refused' }>): Promise<Advanced> {
  const reason = `refused: ${refused.reason}`;
  if (work.kind !== 'first') return suspend(work, reason);
  return failOnceClosed(
    work,
    reason,
    refused.provider === undefined ? {} : { providers: [refused.provider] },
  );
}

/** Nothing was sent: the key is free for another try. */
async function giveUp(
  work: Work,
  code: 'PSP_UNAVAILABLE' | 'RISK_UNAVAILABLE',
  reason: string,
): Promise<Advanced> {
  if (work.kind !== 'first') return suspend(work, reason);
  await work.store.settle(work.payment.id, { to: 'failed', reason, answer: 'release' });
  return { kind: 'not-sent', code };
}

async function settled(work: Work, settlement: Omit<Settlement, 'answer'>): Promise<Advanced> {
  const payment = await work.store.settle(work.payment.id, {
    ...settlement,
    answer: (changed) => createAnswer(changed, work.context.requestId),
  });
  return { kind: 'settled', payment };
}

function nextTryAt({ payment, clock }: Work): number {
  const waitMs = FIRST_RETRY_MS * 2 ** Math.min(payment.attempts, MAX_DOUBLINGS);
  return clock.now() + Math.min(waitMs, LONGEST_RETRY_MS);
}
