import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { type Entry, findImbalance, parsePosting } from './posting.ts';

const CNY = { minor: 100, currency: 'CNY' };
const DEBIT: Entry = { account: 'psp:psp-wechat', direction: 'debit', amount: CNY };
const CREDIT: Entry = { account: 'merchant:m-1', direction: 'credit', amount: CNY };
const POSTING = { paymentId: 'pay_1', entries: [DEBIT, CREDIT] };

const amount = fc.record({
  minor: fc.integer({ min: 1, max: 1_000_000 }),
  currency: fc.constantFrom('CNY', 'JPY', 'KWD'),
});
const entry: fc.Arbitrary<Entry> = fc.record({
  account: fc.constantFrom('a', 'b', 'c'),
  direction: fc.constantFrom('debit' as const, 'credit' as const),
  amount,
});

describe('parsePosting', () => {
  test('reads a posting', () => {
    expect(parsePosting(POSTING)).toEqual({ ok: true, value: POSTING });
  });

  test.each([
    ['nothing', undefined, 'the body must be'],
    ['no payment', { entries: POSTING.entries }, 'paymentId must be'],
    ['one entry', { ...POSTING, entries: [DEBIT] }, 'entries must be a list of 2 to 16'],
    [
      'seventeen',
      { ...POSTING, entries: Array.from({ length: 17 }, () => DEBIT) },
      'entries must be a list of 2 to 16',
    ],
    ['no list', { ...POSTING, entries: {} }, 'entries must be a list'],
    [
      'a direction',
      { ...POSTING, entries: [DEBIT, { ...CREDIT, direction: 'up' }] },
      'entries[1].direction must be',
    ],
    [
      'an account',
      { ...POSTING, entries: [{ ...DEBIT, account: '' }, CREDIT] },
      'entries[0].account must be',
    ],
    [
      'a fraction',
      { ...POSTING, entries: [{ ...DEBIT, amount: { ...CNY, minor: 0.5 } }, CREDIT] },
      'entries[0].amount.minor',
    ],
  ])('refuses %s', (_name, body, reason) => {
    expect(parsePosting(body)).toEqual({ ok: false, reason: expect.stringContaining(reason) });
  });
});

describe('findImbalance', () => {
  test('finds none in entries and their mirror, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const mirror = entries.map(
          (one): Entry => ({
            ...one,
            direction: one.direction === 'debit' ? 'credit' : 'debit',
          }),
        );
        expect(findImbalance([...entries, ...mirror])).toBeUndefined();
      }),
    );
  });

  test('finds one more entry', () => {
    fc.assert(
      fc.property(fc.array(entry), entry, (entries, extra) => {
        const mirror = entries.map(
          (one): Entry => ({
            ...one,
            direction: one.direction === 'debit' ? 'credit' : 'debit',
          }),
        );
        expect(findImbalance([...entries, extra, ...mirror])).toBe(extra.amount.currency);
      }),
    );
  });

  test('does not let one currency pay for another', () => {
    const yen = { ...CREDIT, amount: { minor: 100, currency: 'JPY' } };
    expect(findImbalance([DEBIT, yen])).toBe('CNY');
  });
});
