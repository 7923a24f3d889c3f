import { fingerprint } from '@paymesh/sample-kit';
import Database from 'libsql';

import type { Audit, Balance, LedgerStore, PostResult } from './ledger-store.ts';
import { type Entry, findImbalance, type Posting } from './posting.ts';

const BUSY_TIMEOUT_MS = 1_000;

/** Append-only by trigger as well as by this code: a row once written can neither change nor go. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS postings (
    payment_id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    posted_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id TEXT NOT NULL REFERENCES postings (payment_id),
    account TEXT NOT NULL,
    direction TEXT NOT NULL CHECK (direction IN ('debit', 'credit')),
    minor INTEGER NOT NULL CHECK (minor > 0),
    currency TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_payment ON entries (payment_id);
  CREATE TRIGGER IF NOT EXISTS entries_never_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER IF NOT EXISTS entries_never_go BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
`;
const SIGNED = `sum(CASE direction WHEN 'debit' THEN minor ELSE -minor END)`;

interface EntryRow {
  readonly account: string;
  readonly direction: 'debit' | 'credit';
  readonly minor: number;
  readonly currency: string;
}

/** Opens (or makes) the books in one SQLite file; `:memory:` keeps them in memory. */
export function openLedgerStore(path: string): LedgerStore {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  database.exec('PRAGMA journal_mode = WAL');
  // A killed process loses nothing; a power cut may lose the last commits, never the balance.
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA foreign_keys = ON');
  database.exec(SCHEMA);
  const known = database.prepare('SELECT fingerprint FROM postings WHERE payment_id = ?');
  const addPosting = database.prepare('INSERT INTO postings VALUES (?, ?, ?)');
  const addEntry = database.prepare(
    'INSERT INTO entries (payment_id, account, direction, minor, currency) VALUES (?, ?, ?, ?, ?)',
  );
  const byPayment = database.prepare(
    'SELECT account, direction, minor, currency FROM entries WHERE payment_id = ? ORDER BY sequence',
  );
  const perAccount = database.prepare(
    `SELECT account, currency, ${SIGNED} AS minor FROM entries GROUP BY account, currency ORDER BY account, currency`,
  );
  const totals = database.prepare(
    `SELECT count(*) AS entries, ${SIGNED} AS minor FROM entries GROUP BY currency`,
  );
  const countPostings = database.prepare('SELECT count(*) AS payments FROM postings');

  const post = database.transaction((posting: Posting, now: number): PostResult => {
    const print = fingerprint(posting);
    const row = known.get(posting.paymentId) as { readonly fingerprint: string } | undefined;
    if (row !== undefined) return row.fingerprint === print ? 'repeated' : 'conflict';
    addPosting.run(posting.paymentId, print, now);
    for (const { account, direction, amount } of posting.entries) {
      addEntry.run(posting.paymentId, account, direction, amount.minor, amount.currency);
    }
    return 'posted';
  });

  return {
    post: async (posting, now) => {
      if (findImbalance(posting.entries) !== undefined) throw new Error('a posting must balance');
      return post.immediate(posting, now);
    },
    entries: async (paymentId) => (byPayment.all(paymentId) as EntryRow[]).map(toEntry),
    balances: async () =>
      (perAccount.all() as Balance[]).map(({ account, currency, minor }) => ({ account, currency, minor })),
    audit: async (): Promise<Audit> => {
      const rows = totals.all() as { readonly entries: number; readonly minor: number }[];
      const { payments } = countPostings.get() as { readonly payments: number };
      return {
        payments,
        entries: rows.reduce((sum, row) => sum + row.entries, 0),
        imbalanceMinor: rows.reduce((sum, row) => sum + Math.abs(row.minor), 0),
      };
    },
    close: () => {
      database.close();
    },
  };
}

function toEntry({ account, direction, minor, currency }: EntryRow): Entry {
  return { account, direction, amount: { minor, currency } };
}
