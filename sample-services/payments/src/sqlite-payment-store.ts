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
import { createSqliteWriter } from './sqlite-writer.ts';
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
/** For opening, when another instance may be making the tables. */
const OPEN_BUSY_MS = 5_000;
/** Afterwards the writer waits for the lock, without holding up the program. */
const WRITER_BUSY_MS = 2;
/** Pages of the log after which it is written back: larger than the default, so that fewer answers wait for a sync. */
const CHECKPOINT_PAGES = 4_000;

/** Opens (or makes) the payments file and gives the owner its first lease. */
export function openPaymentStore({
  leaseMs = DEFAULT_LEASE_MS,
  ...options
}: SqliteStoreOptions): PaymentStore {
  const database = new Database(options.path, { timeout: OPEN_BUSY_MS });
  database.exec('PRAGMA journal_mode = WAL');
  // A killed process loses nothing. A power cut may lose the last commits, which PostgreSQL is for.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  database.exec('PRAGMA foreign_keys = ON');
  database.exec(SCHEMA);
  const statements = prepareStatements(database);
  const store: Store = { ...options, leaseMs, statements };
  database.exec(`PRAGMA busy_timeout = ${WRITER_BUSY_MS}`);
  const { write } = createSqliteWriter(database);
  const released = new Set<string>();
  renew(store);
  return {
    owner: options.owner,
    begin: async (beginning) => look(store, beginning) ?? write(() => insertOrLook(store, beginning)),
    claim: (id, { mayCharge }) => write(() => claimRow(store, id, mayCharge)),
    assertOwned: async (id) => {
      if (existingRow(store, id).owner !== options.owner) throw new FencedOutError(id);
    },
    settle: (id, settlement) => write(() => settleRow(store, id, settlement)),
    release: (id) => {
      released.add(id);
    },
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
    oldestOpenSeconds: async () => {
      const { since } = statements.oldestOpen.get() as { readonly since: number | null };
      return since === null ? 0 : Math.max(0, (options.clock.now() - since) / 1_000);
    },
    renewLease: async () => {
      const ids = [...released];
      await write(() => {
        renew(store);
        for (const id of ids) statements.release.run(options.clock.now(), id, options.owner);
      });
      for (const id of ids) released.delete(id);
    },
    forgetKeys: (before, limit) =>
      write(() => {
        statements.forgetLeases.run(options.clock.now());
        return statements.forgetKeys.run(before, limit).changes;
      }),
    close: () => {
      statements.endLease.run(options.owner);
      database.close();
    },
  };
}

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

function claimRow(store: Store, id: string, mayCharge: boolean): Payment | undefined {
  const { changes } = store.statements.claim.run(store.owner, id, store.clock.now(), mayCharge ? 1 : 0);
  return changes === 1 ? toPayment(existingRow(store, id)) : undefined;
}

/** The one place where a payment changes: owner and moves are checked inside the transaction that writes. */
function settleRow(store: Store, id: string, settlement: Settlement): Payment {
  const row = existingRow(store, id);
  if (row.owner !== store.owner) throw new FencedOutError(id);
  const { to, charge, reason, answer, nextTryAt } = settlement;
  assertMoves(row.state, charge === undefined ? [to] : ['authorised', to]);
  const next: PaymentRow = {
    ...row,
    state: to,
    provider: charge?.provider ?? row.provider,
    trade_id: charge?.tradeId ?? row.trade_id,
    reason: reason ?? null,
    attempts: row.attempts + 1,
    next_try_at: nextTryAt ?? null,
  };
  const { provider, trade_id, attempts, next_try_at } = next;
  store.statements.settle.run(to, provider, trade_id, next.reason, attempts, next_try_at, id);
  const payment = toPayment(next);
  if (answer === 'release') {
    store.statements.releaseKey.run(id);
  } else {
    const { status, text } = answer(payment);
    store.statements.answerKey.run(status, text, id);
  }
  return payment;
}

function assertMoves(from: PaymentState, moves: readonly PaymentState[]): void {
  let at = from;
  for (const to of moves) {
    if (to !== at && !canMove(at, to)) throw new IllegalMoveError(at, to);
    at = to;
  }
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
