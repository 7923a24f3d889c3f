import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { type ChargeBook, createChargeBook } from './charge-book.ts';
import { openFileJournal } from './file-journal.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-journal-'));
  path = join(folder, 'psp.jsonl');
});

afterEach(() => rmSync(folder, { recursive: true }));

const AMOUNT = { minor: 100, currency: 'CNY' };

function open(): ChargeBook {
  return createChargeBook({ tradeId: (sequence) => `t-${sequence}`, journal: openFileJournal(path) });
}

function fill(book: ChargeBook): void {
  book.receive('p-1');
  book.charge('p-1', AMOUNT, 1);
  book.receive('p-1');
  book.refund({ outTradeNo: 'p-1', refundNo: 'r-1', amount: { minor: 30, currency: 'CNY' } });
}

describe('openFileJournal', () => {
  test('gives the books back after a restart', () => {
    const first = open();
    fill(first);
    const second = open();
    expect(second.counts()).toEqual([{ outTradeNo: 'p-1', received: 2, charged: 1 }]);
    expect(second.find('p-1')).toEqual(first.find('p-1'));
    expect(second.find('p-1')).toMatchObject({ tradeId: 't-1', refundedMinor: 30 });
    expect(second.charge('p-2', AMOUNT, 2)).toMatchObject({ charge: { tradeId: 't-2' } });
  });

  test('leaves out a line cut short, and goes on behind it', () => {
    fill(open());
    appendFileSync(path, '{"kind":"charged","charge":{"outTr');
    open().receive('p-2');
    expect(open().counts()).toEqual([
      { outTradeNo: 'p-1', received: 2, charged: 1 },
      { outTradeNo: 'p-2', received: 1, charged: 0 },
    ]);
  });

  test('forgets what was cleared', () => {
    const book = open();
    fill(book);
    book.clear();
    expect(open().counts()).toEqual([]);
  });
});
