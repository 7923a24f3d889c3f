import type { Payment, PaymentDraft, PaymentState } from './payment.ts';
import type { ProviderCharge } from './provider-charge.ts';

/** Where an idempotency key counts: one merchant, one route. */
export interface Scope {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
}

/** An answer as first given; replays send the same text. */
export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly text: string;
}

export interface Beginning {
  readonly scope: Scope;
  /** SHA-256 of the canonical body. */
  readonly fingerprint: string;
  readonly draft: PaymentDraft;
}

/** What is known under an idempotency key. */
export type Begun =
  | { readonly kind: 'started'; readonly payment: Payment }
  | { readonly kind: 'done'; readonly answer: Answer }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'running'; readonly paymentId: string; readonly owner: OwnerSign };

/** A sign of life of the instance that works on a payment. */
export interface OwnerSign {
  readonly name: string;
  /** Grows with every renewal of the lease. */
  readonly beat: number;
  readonly isExpired: boolean;
}

/** How work on a payment ends for now: owned by nobody afterwards. */
export interface Settlement {
  readonly to: PaymentState;
  /** A charge that was found or made: the payment passes through authorised. */
  readonly charge?: ProviderCharge;
  readonly reason?: string;
  /** The answer for the idempotency key, if it has none yet; `release` forgets the key instead. */
  readonly answer: ((payment: Payment) => Answer) | 'release';
  /** When the resolver may take it up again. */
  readonly nextTryAt?: number;
}

/** This instance no longer owns the payment; another one has taken it over. Nothing was written. */
export class FencedOutError extends Error {
  override readonly name = 'FencedOutError';

  constructor(paymentId: string) {
    super(`payment ${paymentId} belongs to another instance now`);
  }
}

/**
 * Payments and idempotency keys of all instances. A store speaks for one owner: every change of a payment
 * fails with FencedOutError unless that owner holds it. SQLite now; PostgreSQL can come behind the same promises.
 */
export interface PaymentStore {
  /** Name of the owner that this store speaks for. */
  readonly owner: string;
  /** Writes key and payment in one transaction, or tells what the key stands for already. */
  begin(beginning: Beginning): Promise<Begun>;
  /** Takes a payment that nobody owns, or whose owner's lease has run out; undefined if neither. */
  claim(paymentId: string, options: { readonly mayCharge: boolean }): Promise<Payment | undefined>;
  /** Rejects with FencedOutError unless this owner holds the payment. To be asked before money moves. */
  assertOwned(paymentId: string): Promise<void>;
  /** Moves, gives the payment up, and answers or releases the key, in one transaction. */
  settle(paymentId: string, settlement: Settlement): Promise<Payment>;
  /**
   * Gives a payment up as it stands, after an error that kept it from being settled: with the next heartbeat that
   * can be written it belongs to nobody.
   */
  release(paymentId: string): void;
  find(paymentId: string): Promise<Payment | undefined>;
  /** Unfinished payments that are due, or whose owner has been dead for `orphanMs`; oldest first. */
  due(options: { readonly orphanMs: number; readonly limit: number }): Promise<readonly string[]>;
  countByState(): Promise<Readonly<Record<PaymentState, number>>>;
  /** Age of the oldest payment in a state that is not final; 0 when there is none. */
  oldestOpenSeconds(): Promise<number>;
  /** A heartbeat of the owner; writes what was released before. */
  renewLease(): Promise<void>;
  /** Forgets keys answered before that time; gives how many. */
  forgetKeys(before: number, limit: number): Promise<number>;
  /** Gives the lease back and closes. */
  close(): void;
}
