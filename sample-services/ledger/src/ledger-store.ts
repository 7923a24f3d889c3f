import type { Entry, Posting } from './posting.ts';

/** What a posting came to. `repeated`: the same posting was there already. */
export type PostResult = 'posted' | 'repeated' | 'conflict';

export interface Balance {
  readonly account: string;
  readonly currency: string;
  /** Debits less credits. */
  readonly minor: number;
}

export interface Audit {
  readonly payments: number;
  readonly entries: number;
  /** Sum over currencies of the difference between debits and credits; anything but zero is an alarm. */
  readonly imbalanceMinor: number;
}

/** Append-only books. SQLite now; PostgreSQL can come behind the same promises. */
export interface LedgerStore {
  /** Writes all entries of a payment once. Throws if they do not balance: the caller has to check first. */
  post(posting: Posting, now: number): Promise<PostResult>;
  entries(paymentId: string): Promise<readonly Entry[]>;
  balances(): Promise<readonly Balance[]>;
  audit(): Promise<Audit>;
  close(): void;
}
