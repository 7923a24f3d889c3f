import { setTimeout as pause } from 'node:timers/promises';

import { isObject } from '@paymesh/sample-kit';
import type Database from 'libsql';

/** Writes to a file that other processes write to as well. */
export interface SqliteWriter {
  /** Runs the operation inside a transaction; what it throws rejects, and leaves nothing of it behind. */
  readonly write: <T>(operation: () => T) => Promise<T>;
}

interface Job {
  /** Runs inside the transaction; gives what is to be called once that is committed. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

const MAX_BATCH = 64;
const LONGEST_WAIT_MS = 2_000;

/**
 * A queue in front of the one write lock of the file. SQLite's own busy handler sleeps with the whole program,
 * so the wait for the lock is here instead: the program goes on, and all writes that gather meanwhile are
 * committed together. The database must have a busy timeout near 0.
 */
export function createSqliteWriter(database: Database.Database): SqliteWriter {
  const queue: Job[] = [];
  let isDraining = false;

  /** Never rejects. Ends in the same step in which it finds the queue empty, so that no job is left behind. */
  async function drain(): Promise<void> {
    isDraining = true;
    try {
      while (queue.length > 0) {
        await lock(database);
        commitBatch(database, queue.splice(0, MAX_BATCH));
      }
    } catch (error) {
      for (const job of queue.splice(0)) job.reject(error);
    } finally {
      isDraining = false;
    }
  }

  return {
    write: (operation) =>
      new Promise((resolve, reject) => {
        queue.push({
          reject,
          run: () => {
            const value = operation();
            return () => resolve(value);
          },
        });
        if (!isDraining) void drain();
      }),
  };
}

/** Begins a transaction that holds the write lock: one that reads first would lose the race for it in between. */
async function lock(database: Database.Database): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  for (;;) {
    try {
      database.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
    }
    // Jitter, so that two instances do not meet again and again.
    await pause(1 + Math.random() * 3);
  }
}

function commitBatch(database: Database.Database, batch: readonly Job[]): void {
  const successes: (() => void)[] = [];
  const failures: (() => void)[] = [];
  try {
    for (const job of batch) {
      const { isKept, settle } = runApart(database, job);
      (isKept ? successes : failures).push(settle);
    }
    database.exec('COMMIT');
  } catch (error) {
    for (const job of batch) job.reject(error);
    // A full disk has rolled it back already, and then this would throw.
    if (database.inTransaction) database.exec('ROLLBACK');
    return;
  }
  for (const settle of [...failures, ...successes]) settle();
}

/** Runs a job in a savepoint, so that its failure takes back its own writes only. */
function runApart(
  database: Database.Database,
  { run, reject }: Job,
): { readonly isKept: boolean; readonly settle: () => void } {
  database.exec('SAVEPOINT job');
  try {
    const settle = run();
    database.exec('RELEASE job');
    return { isKept: true, settle };
  } catch (error) {
    // Without a transaction the error has undone the whole batch, not only this job.
    if (!database.inTransaction) throw error;
    database.exec('ROLLBACK TO job');
    database.exec('RELEASE job');
    return { isKept: false, settle: () => reject(error) };
  }
}

function isBusy(error: unknown): boolean {
  return isObject(error) && String(error['code']).startsWith('SQLITE_BUSY');
}
