import type { Clock } from '@paymesh/common/clock';
import Database from 'libsql';

import type { Payment, PaymentState } from './payment.ts';
import {
  type Beginning,
  type Begun,
  FencedOutError,
  type PaymentStore,
  type Scope,
  type Settlement,
} from './payment-store.ts';
import { type KeyRow, type PaymentRow, SCHEMA, toPayment } from './sqlite-schema.ts';
import { prepareStatements, type Statements } from './sqlite-statements.ts';
import { canMove, IllegalMoveError } from './state-machine.ts';

export interface SqliteStoreOptions {
  /** The file that all instances share. */
  readonly path: string;
  /** Must differ between two lives of one instance, so that a new life does not take the old one for itself. */
  readonly owner: string;
  readonly clock: Clock;
  /** How long a heartbeat counts, in milliseconds. Default 750. */
  readonly leaseMs?: number;
}

interface Store extends Required<SqliteStoreOptions> {
  readonly statements: Statements;
}

const DEFAULT_LEASE_MS = 750;
/** Below the lease: a connection that waits for the file must not look dead. */
const BUSY_TIMEOUT_MS = 500;

/** Opens (or makes) the payments file and gives the owner its first lease. */
export function openPaymentStore({
  leaseMs = DEFAULT_LEASE_MS,
  ...options
}: SqliteStoreOptions): PaymentStore {
  const database = new Database(options.path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('PRAGMA journal_mode = WAL');
  // A killed process loses nothing. A power cut may lose the last commits, which PostgreSQL is for.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  database.exec(SCHEMA);
  const statements = prepareStatements(database);
  const store: Store = { ...options, leaseMs, statements };
  // Immediate: a transaction that reads first and writes later must not lose the race for the lock in between.
  const insert = database.transaction((beginning: Beginning) => insertOrLook(store, beginning));
  const claim = database.transaction((id: string) => claimRow(store, id));
  const change = database.transaction((id: string, patch: Patch) => changeRow(store, id, patch));
  const settle = database.transaction((id: string, how: Settlement) => settleRow(store, id, how));
  renew(store);
  return {
    owner: options.owner,
    begin: async (beginning) => look(store, beginning) ?? insert.immediate(beginning),
    claim: async (id) => claim.immediate(id),
    markSent: async (id) => change.immediate(id, { charge_sent_at: options.clock.now() }),
    authorise: async (id, { provider, tradeId }) =>
      change.immediate(id, { state: 'authorised', provider, trade_id: tradeId, reason: null }),
    settle: async (id, settlement) => settle.immediate(id, settlement),
    find: async (id) => {
      const row = findRow(store, id);
      return row && toPayment(row);
    },
    due: async ({ orphanMs, limit }) => {
      const now = options.clock.now();
      return (statements.due.all(now, now - orphanMs, limit) as { readonly id: string }[]).map(
        ({ id }) => id,
      );
    },
    countByState: async () => countByState(statements),
    renewLease: async () => renew(store),
    forgetKeys: async (before, limit) => {
      statements.forgetLeases.run(options.clock.now());
      return statements.forgetKeys.run(before, limit).changes;
    },
    close: () => {
      statements.endLease.run(options.owner);
      database.close();
    },
  };
}

type Patch = Partial<
  Pick<
    PaymentRow,
    'state' | 'provider' | 'trade_id' | 'reason' | 'charge_sent_at' | 'attempts' | 'owner' | 'next_try_at'
  >
>;

function look(store: Store, { scope, fingerprint }: Beginning): Begun | undefined {
  const row = findKey(store, scope);
  if (row === undefined) return undefined;
  if (row.fingerprint !== fingerprint) return { kind: 'mismatch' };
  if (row.status !== null) return { kind: 'done', answer: { status: row.status, text: row.answer ?? '' } };
  return {
    kind: 'running',
    paymentId: row.payment_id,
    owner: {
      name: row.owner ?? '',
      beat: row.beat ?? 0,
      isExpired: (row.expires_at ?? 0) <= store.clock.now(),
    },
  };
}

function insertOrLook(store: Store, beginning: Beginning): Begun {
  const seen = look(store, beginning);
  if (seen !== undefined) return seen;
  const { statements, owner, clock } = store;
  const { scope, fingerprint, draft } = beginning;
  const now = clock.now();
  const { id, principal, orderId, payerId, amount, channel } = draft;
  statements.addPayment.run(
    id,
    principal,
    orderId,
    payerId,
    amount.minor,
    amount.currency,
    channel,
    owner,
    now,
  );
  statements.addKey.run(scope.principal, scope.route, scope.key, fingerprint, id, now);
  return { kind: 'started', payment: toPayment(existingRow(store, id)) };
}

function claimRow(store: Store, id: string): Payment | undefined {
  const { changes } = store.statements.claim.run(store.owner, id, store.clock.now());
  return changes === 1 ? toPayment(existingRow(store, id)) : undefined;
}

/** The one place where a payment changes: owner and move are checked inside the transaction that writes. */
function changeRow(store: Store, id: string, patch: Patch): Payment {
  const row = existingRow(store, id);
  if (row.owner !== store.owner) throw new FencedOutError(id);
  const next: PaymentRow = { ...row, ...patch };
  if (next.state !== row.state && !canMove(row.state, next.state)) {
    throw new IllegalMoveError(row.state, next.state);
  }
  store.statements.updatePayment.run(
    next.state,
    next.provider,
    next.trade_id,
    next.reason,
    next.charge_sent_at,
    next.attempts,
    next.owner,
    next.next_try_at,
    id,
  );
  return toPayment(next);
}

function settleRow(store: Store, id: string, { to, reason, answer, nextTryAt }: Settlement): Payment {
  const { attempts } = existingRow(store, id);
  const payment = changeRow(store, id, {
    state: to,
    reason: reason ?? null,
    attempts: attempts + 1,
    owner: null,
    next_try_at: nextTryAt ?? null,
  });
  if (answer === 'release') {
    store.statements.releaseKey.run(id);
  } else {
    const { status, text } = answer(payment);
    store.statements.answerKey.run(status, text, id);
  }
  return payment;
}

function renew({ statements, owner, clock, leaseMs }: Store): void {
  const now = clock.now();
  const { changes } = statements.renewLease.run(owner, now + leaseMs);
  if (changes !== 1) throw new Error('the lease was not written');
}

function findKey({ statements }: Store, { principal, route, key }: Scope): KeyRow | undefined {
  return statements.findKey.get(principal, route, key) as KeyRow | undefined;
}

function findRow({ statements }: Store, id: string): PaymentRow | undefined {
  return statements.findPayment.get(id) as PaymentRow | undefined;
}

function existingRow(store: Store, id: string): PaymentRow {
  const row = findRow(store, id);
  if (row === undefined) throw new Error(`there is no payment ${id}`);
  return row;
}

function countByState(statements: Statements): Readonly<Record<PaymentState, number>> {
  const counts = { created: 0, authorised: 0, succeeded: 0, failed: 0, unknown: 0 };
  for (const row of statements.countByState.all() as { state: PaymentState; count: number }[]) {
    counts[row.state] = row.count;
  }
  return counts;
}
