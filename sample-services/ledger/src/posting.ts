import { accept, isObject, type Money, type Parsed, parseId, parseMoney, refuse } from '@paymesh/sample-kit';

/** One line of the books. Amounts are positive; the direction tells the sign. */
export interface Entry {
  readonly account: string;
  readonly direction: 'debit' | 'credit';
  readonly amount: Money;
}

/** The entries that one payment causes, written together or not at all. */
export interface Posting {
  readonly paymentId: string;
  readonly entries: readonly Entry[];
}

const MAX_ENTRIES = 16;

/** Reads `{paymentId, entries: [{account, direction, amount}]}`; balance is another question. */
export function parsePosting(body: unknown): Parsed<Posting> {
  if (!isObject(body)) return refuse('the body must be a JSON object');
  const paymentId = parseId(body['paymentId'], 'paymentId');
  if (!paymentId.ok) return paymentId;
  const list = body['entries'];
  if (!Array.isArray(list) || list.length < 2 || list.length > MAX_ENTRIES) {
    return refuse(`entries must be a list of 2 to ${MAX_ENTRIES} entries`);
  }
  const entries: Entry[] = [];
  for (const [index, item] of list.entries()) {
    const entry = parseEntry(item, `entries[${index}]`);
    if (!entry.ok) return entry;
    entries.push(entry.value);
  }
  return accept({ paymentId: paymentId.value, entries });
}

/** The first currency whose debits and credits differ, if any. */
export function findImbalance(entries: readonly Entry[]): string | undefined {
  const sums = new Map<string, number>();
  for (const { direction, amount } of entries) {
    const signed = direction === 'debit' ? amount.minor : -amount.minor;
    sums.set(amount.currency, (sums.get(amount.currency) ?? 0) + signed);
  }
  return [...sums].find(([, sum]) => sum !== 0)?.[0];
}

function parseEntry(item: unknown, field: string): Parsed<Entry> {
  if (!isObject(item)) return refuse(`${field} must be an object`);
  const account = parseId(item['account'], `${field}.account`);
  if (!account.ok) return account;
  const direction = item['direction'];
  if (direction !== 'debit' && direction !== 'credit') {
    return refuse(`${field}.direction must be debit or credit`);
  }
  const amount = parseMoney(item['amount'], `${field}.amount`);
  if (!amount.ok) return amount;
  return accept({ account: account.value, direction, amount: amount.value });
}
