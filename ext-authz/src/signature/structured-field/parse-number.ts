import { isDigit } from './char-class.ts';
import { CHAR, type Cursor, fail, peek, take } from './cursor.ts';
import type { BareItem } from './types.ts';

const MAX_INTEGER_DIGITS = 15;
const MAX_WHOLE_DIGITS = 12;
const MAX_FRACTION_DIGITS = 3;
const THOUSAND = 1_000;

/** An integer of up to 15 digits, or a decimal of up to 12 and 3 (RFC 9651 section 4.2.4). */
export function parseNumber(cursor: Cursor): BareItem | undefined {
  const start = cursor.at;
  const sign = take(cursor, CHAR.minus) ? -1 : 1;
  const whole = digits(cursor);
  if (whole === '' || whole.length > MAX_INTEGER_DIGITS) return fail(cursor, 'bad_number', start);
  // Adding 0 makes minus zero plain zero.
  if (!take(cursor, CHAR.dot)) return { kind: 'integer', value: sign * Number(whole) + 0 };
  const fraction = digits(cursor);
  const isInRange =
    whole.length <= MAX_WHOLE_DIGITS && fraction !== '' && fraction.length <= MAX_FRACTION_DIGITS;
  if (!isInRange) return fail(cursor, 'bad_number', start);
  const thousandths = Number(whole) * THOUSAND + Number(fraction.padEnd(MAX_FRACTION_DIGITS, '0'));
  return { kind: 'decimal', thousandths: sign * thousandths + 0 };
}

/** `@` and an integer of Unix seconds (RFC 9651 section 4.2.9). */
export function parseDate(cursor: Cursor): BareItem | undefined {
  cursor.at += 1;
  const start = cursor.at;
  const seconds = parseNumber(cursor);
  if (seconds?.kind !== 'integer') return fail(cursor, 'bad_number', start);
  return { kind: 'date', value: seconds.value };
}

function digits(cursor: Cursor): string {
  const start = cursor.at;
  while (isDigit(peek(cursor))) cursor.at += 1;
  return cursor.text.slice(start, cursor.at);
}
