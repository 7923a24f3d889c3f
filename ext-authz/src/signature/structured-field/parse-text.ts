import { isUtf8 } from 'node:buffer';

import { base64Length } from './base64.ts';
import { isLowerHex, isTokenChar } from './char-class.ts';
import { CHAR, type Cursor, fail, isAtEnd, peek, take } from './cursor.ts';
import type { BareItem } from './types.ts';

/** Printable ASCII in quotes; only `"` and `\` are escaped (RFC 9651 section 4.2.5). */
export function parseString(cursor: Cursor): BareItem | undefined {
  cursor.at += 1;
  let value = '';
  let start = cursor.at;
  for (;;) {
    const code = peek(cursor);
    if (code === CHAR.quote) {
      value += cursor.text.slice(start, cursor.at);
      cursor.at += 1;
      return { kind: 'string', value };
    }
    if (code === CHAR.backslash) {
      value += cursor.text.slice(start, cursor.at);
      cursor.at += 1;
      start = cursor.at;
      if (peek(cursor) !== CHAR.quote && peek(cursor) !== CHAR.backslash)
        return fail(cursor, 'bad_character');
    } else if (!isPrintable(code)) return fail(cursor, isAtEnd(cursor) ? 'unterminated' : 'bad_character');
    cursor.at += 1;
  }
}

/** The caller has seen its first character (RFC 9651 section 4.2.6). */
export function parseToken(cursor: Cursor): BareItem {
  const start = cursor.at;
  while (isTokenChar(peek(cursor))) cursor.at += 1;
  return { kind: 'token', value: cursor.text.slice(start, cursor.at) };
}

/** Base64 between colons. Stricter than RFC 9651 section 4.2.7, which lets parsers take other spellings. */
export function parseBytes(cursor: Cursor): BareItem | undefined {
  cursor.at += 1;
  const start = cursor.at;
  const length = base64Length(cursor.text, start);
  if (length === undefined) return fail(cursor, 'bad_base64');
  cursor.at += length;
  if (!take(cursor, CHAR.colon)) return fail(cursor, isAtEnd(cursor) ? 'unterminated' : 'bad_base64');
  return { kind: 'bytes', base64: cursor.text.slice(start, start + length) };
}

/** Percent-encoded UTF-8 in `%"..."` (RFC 9651 section 4.2.10). */
export function parseDisplayString(cursor: Cursor): BareItem | undefined {
  cursor.at += 1;
  if (!take(cursor, CHAR.quote)) return fail(cursor, 'bad_character');
  const bytes: number[] = [];
  while (!take(cursor, CHAR.quote)) {
    const byte = peek(cursor) === CHAR.percent ? escapedByte(cursor) : peek(cursor);
    if (byte === undefined) return fail(cursor, 'bad_character');
    if (!isPrintable(peek(cursor))) return fail(cursor, isAtEnd(cursor) ? 'unterminated' : 'bad_character');
    bytes.push(byte);
    cursor.at += 1;
  }
  const value = Buffer.from(bytes);
  return isUtf8(value) ? { kind: 'display-string', value: value.toString('utf8') } : fail(cursor, 'bad_utf8');
}

/** Leaves the cursor at the last of the three characters. */
function escapedByte(cursor: Cursor): number | undefined {
  const { text, at } = cursor;
  if (!isLowerHex(text.charCodeAt(at + 1)) || !isLowerHex(text.charCodeAt(at + 2))) return undefined;
  cursor.at += 2;
  return Number.parseInt(text.slice(at + 1, at + 3), 16);
}

function isPrintable(code: number): boolean {
  return code >= CHAR.space && code <= CHAR.lastPrintable;
}
