import type { Payment } from './payment.ts';

/** Tables of the payments file. `owner` is the fence: whoever is named there may write, nobody else. */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS leases (
    owner TEXT PRIMARY KEY,
    beat INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS payments (
    id TEXT PRIMARY KEY,
    principal TEXT NOT NULL,
    order_id TEXT NOT NULL,
    payer_id TEXT NOT NULL,
    minor INTEGER NOT NULL CHECK (minor > 0),
    currency TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('created', 'authorised', 'succeeded', 'failed', 'unknown')),
    provider TEXT,
    trade_id TEXT,
    reason TEXT,
    worked_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    next_try_at INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS open_payments ON payments (created_at)
    WHERE state IN ('created', 'authorised', 'unknown');
  CREATE INDEX IF NOT EXISTS payments_by_state ON payments (state);
  CREATE TABLE IF NOT EXISTS idempotency (
    principal TEXT NOT NULL,
    route TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    payment_id TEXT NOT NULL UNIQUE REFERENCES payments (id),
    status INTEGER,
    answer TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (principal, route, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (created_at);
`;

/** A row of `payments`. */
export interface PaymentRow {
  readonly id: string;
  readonly principal: string;
  readonly order_id: string;
  readonly payer_id: string;
  readonly minor: number;
  readonly currency: string;
  readonly channel: Payment['channel'];
  readonly state: Payment['state'];
  readonly provider: string | null;
  readonly trade_id: string | null;
  readonly reason: string | null;
  readonly worked_at: number;
  readonly attempts: number;
  readonly owner: string | null;
  readonly next_try_at: number | null;
  readonly created_at: number;
}

/** What is known under a key: its row, joined with the payment's owner and the owner's lease. */
export interface KeyRow {
  readonly fingerprint: string;
  readonly payment_id: string;
  readonly status: number | null;
  readonly answer: string | null;
  readonly owner: string | null;
  readonly beat: number | null;
  readonly expires_at: number | null;
}

/** The payment in a row. */
export function toPayment(row: PaymentRow): Payment {
  return {
    id: row.id,
    principal: row.principal,
    orderId: row.order_id,
    payerId: row.payer_id,
    amount: { minor: row.minor, currency: row.currency },
    channel: row.channel,
    state: row.state,
    provider: row.provider ?? undefined,
    tradeId: row.trade_id ?? undefined,
    reason: row.reason ?? undefined,
    workedAt: row.worked_at,
    attempts: row.attempts,
    createdAt: row.created_at,
  };
}
