import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import Database from 'libsql';

import type { LedgerStore } from './ledger-store.ts';
import type { Posting } from './posting.ts';
import { openLedgerStore } from './sqlite-ledger-store.ts';

let folder: string;
let path: string;
let store: LedgerStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-ledger-'));
  path = join(folder, 'ledger.db');
  store = openLedgerStore(path);
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function posting(paymentId: string, minor = 100, currency = 'CNY'): Posting {
  const amount = { minor, currency };
  return {
    paymentId,
    entries: [
      { account: 'psp:a', direction: 'debit', amount },
      { account: 'merchant:m', direction: 'credit', amount },
    ],
  };
}

describe('openLedgerStore', () => {
  test('takes a posting once, knows it again, and refuses another one for the payment', async () => {
    expect(await store.post(posting('p'), 1)).toBe('posted');
    expect(await store.post(posting('p'), 2)).toBe('repeated');
    expect(await store.post(posting('p', 101), 3)).toBe('conflict');
    expect(await store.entries('p')).toEqual(posting('p').entries);
    expect(await store.audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
  });

  test('will not write what does not balance', async () => {
    const { paymentId, entries } = posting('p');
    await expect(store.post({ paymentId, entries: entries.slice(0, 1) }, 1)).rejects.toThrow('must balance');
    expect(await store.audit()).toEqual({ payments: 0, entries: 0, imbalanceMinor: 0 });
  });

  test('is still there after a restart', async () => {
    await store.post(posting('p'), 1);
    store.close();
    store = openLedgerStore(path);
    expect(await store.entries('p')).toHaveLength(2);
  });

  test('balances, whatever payments come and come again', async () => {
    const payment = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      minor: fc.integer({ min: 1, max: 1_000_000_000_000 }),
      currency: fc.constantFrom('CNY', 'JPY', 'KWD'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(payment, { maxLength: 12 }), async (payments) => {
        const books = openLedgerStore(':memory:');
        for (const { id, minor, currency } of payments) await books.post(posting(id, minor, currency), 1);
        const audit = await books.audit();
        const balances = await books.balances();
        books.close();
        const distinct = new Set(payments.map(({ id }) => id)).size;
        expect(audit).toEqual({ payments: distinct, entries: distinct * 2, imbalanceMinor: 0 });
        expect(balances.reduce((sum, { minor }) => sum + minor, 0)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test.each(['UPDATE entries SET minor = 1', 'DELETE FROM entries'])('lets nobody "%s"', async (sql) => {
    await store.post(posting('p'), 1);
    const other = new Database(path);
    expect(() => other.exec(sql)).toThrow('the ledger is append-only');
    other.close();
  });
});
