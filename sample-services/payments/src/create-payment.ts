import type { Clock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import type { CallContext } from '@paymesh/sample-kit';

import { type AdvanceOptions, advance, type Work } from './advance.ts';
import { createAnswer } from './answer.ts';
import type { Payment } from './payment.ts';
import { type Answer, type Beginning, FencedOutError, type OwnerSign } from './payment-store.ts';

export interface CreateOptions extends AdvanceOptions {
  readonly log: Logger;
  /** Waits that many milliseconds between two looks at a running payment. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** What a create came to. `running`: another instance is alive and at work under this key. */
export type Created =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly isReplay: true }
  | { readonly kind: 'answer'; readonly answer: Answer; readonly isReplay: false; readonly payment: Payment }
  | { readonly kind: 'not-sent'; readonly code: string }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'running' };

const POLL_MS = 20;
/**
 * An owner whose Envoy died lives as well, and is about to let go: only one that goes on living is at work. Its
 * heartbeats come every 200 ms.
 */
const BEATS_OF_ONE_AT_WORK = 3;
const LONGEST_WAIT_MS = 3_000;

/**
 * Creates a payment once for its idempotency key, whichever instances the tries reach. A running try of another
 * instance is waited for until it answers, shows heartbeats (it lives: `running`), or its lease runs out: then
 * this instance takes over. So a client whose instance was killed gets its answer from the retry, and is charged once.
 */
export async function createPayment(
  options: CreateOptions,
  beginning: Beginning,
  context: CallContext,
): Promise<Created> {
  const isWaitedFor = createOwnerWatch(options.clock);
  for (;;) {
    const begun = await options.store.begin(beginning);
    if (begun.kind === 'done') return { kind: 'answer', answer: begun.answer, isReplay: true };
    if (begun.kind === 'mismatch') return begun;
    if (begun.kind === 'running' && !isWaitedFor(begun.owner)) return { kind: 'running' };
    const isFirst = begun.kind === 'started';
    const payment = isFirst ? begun.payment : await takeOver(options, begun);
    const kind = isFirst ? 'first' : 'takeover';
    const created = payment && (await carry({ ...options, payment, context, kind }));
    if (created !== undefined) return created;
    await options.pause(POLL_MS);
  }
}

/** Tells whether an owner is to be waited for: not when it has gone on living, nor for ever. */
function createOwnerWatch(clock: Clock): (now: OwnerSign) => boolean {
  const deadline = clock.now() + LONGEST_WAIT_MS;
  let first: OwnerSign | undefined;
  return (now) => {
    if (first?.name !== now.name) first = now;
    return now.beat < first.beat + BEATS_OF_ONE_AT_WORK && clock.now() <= deadline;
  };
}

async function takeOver(
  { store, log }: CreateOptions,
  { paymentId, owner }: { readonly paymentId: string; readonly owner: OwnerSign },
): Promise<Payment | undefined> {
  if (!owner.isExpired) return undefined;
  const payment = await store.claim(paymentId, { mayCharge: true });
  if (payment !== undefined) log.warn({ paymentId, from: owner.name }, 'took over from a dead instance');
  return payment;
}

/** Undefined where another instance has taken the payment over: its answer is the one to wait for. */
async function carry(work: Work & CreateOptions): Promise<Created | undefined> {
  try {
    const advanced = await advance(work);
    if (advanced.kind === 'not-sent') return advanced;
    const answer = createAnswer(advanced.payment, work.context.requestId);
    return { kind: 'answer', answer, isReplay: false, payment: advanced.payment };
  } catch (error) {
    if (error instanceof FencedOutError) return undefined;
    await letGo(work);
    throw error;
  }
}

/** After an unforeseen error nobody knows what was charged: the resolver is to find out. */
async function letGo({
  store,
  payment: { id, state },
  clock,
  context,
  log,
}: Work & CreateOptions): Promise<void> {
  try {
    await store.settle(id, {
      to: state === 'authorised' ? 'authorised' : 'unknown',
      reason: 'internal error',
      nextTryAt: clock.now(),
      answer: (changed) => createAnswer(changed, context.requestId),
    });
  } catch (error) {
    // The first error is the one that is answered.
    log.error({ err: error, paymentId: id }, 'could not let go of a payment');
    store.release(id);
  }
}
