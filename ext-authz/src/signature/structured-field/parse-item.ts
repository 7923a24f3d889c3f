import { isDigit, isKeyChar, isKeyStart, isTokenStart } from './char-class.ts';
import { CHAR, type Cursor, fail, isAtEnd, peek, skipSpaces, take } from './cursor.ts';
import { parseDate, parseNumber } from './parse-number.ts';
import { parseBytes, parseDisplayString, parseString, parseToken } from './parse-text.ts';
import type { BareItem, InnerList, Item, Member, SfParameter, SfParameters } from './types.ts';

const TRUE: BareItem = { kind: 'boolean', value: true };
const FALSE: BareItem = { kind: 'boolean', value: false };
const NO_PARAMETERS: SfParameters = [];
/** Most parameters of one item and items of one inner list: what RFC 9651 section 3.1 asks of a parser, and no more. */
const MAX_PARAMETERS = 256;
const MAX_INNER_ITEMS = 256;

/** An item or an inner list, with its parameters (RFC 9651 section 4.2.1.1). */
export function parseMember(cursor: Cursor): Member | undefined {
  return peek(cursor) === CHAR.open ? parseInnerList(cursor) : parseItemAt(cursor);
}

/** An item with its parameters (RFC 9651 section 4.2.3). */
export function parseItemAt(cursor: Cursor): Item | undefined {
  const value = parseBareItem(cursor);
  if (value === undefined) return undefined;
  const parameters = parseParameters(cursor);
  return parameters && { kind: 'item', value, parameters };
}

/** A member that is only a key: true, with the parameters that follow. */
export function parseBareMember(cursor: Cursor): Item | undefined {
  const parameters = parseParameters(cursor);
  return parameters && { kind: 'item', value: TRUE, parameters };
}

/** The key of a member or parameter (RFC 9651 section 4.2.3.3). */
export function parseKey(cursor: Cursor): string | undefined {
  if (!isKeyStart(peek(cursor))) return fail(cursor, 'expected_key');
  const start = cursor.at;
  while (isKeyChar(peek(cursor))) cursor.at += 1;
  return cursor.text.slice(start, cursor.at);
}

function parseInnerList(cursor: Cursor): InnerList | undefined {
  cursor.at += 1;
  const items: Item[] = [];
  for (;;) {
    skipSpaces(cursor);
    if (take(cursor, CHAR.close)) break;
    if (items.length === MAX_INNER_ITEMS) return fail(cursor, 'too_many');
    const item = parseItemAt(cursor);
    if (item === undefined) return undefined;
    items.push(item);
    if (peek(cursor) !== CHAR.space && peek(cursor) !== CHAR.close)
      return fail(cursor, isAtEnd(cursor) ? 'unterminated' : 'expected_separator');
  }
  const parameters = parseParameters(cursor);
  return parameters && { kind: 'inner-list', items, parameters };
}

function parseParameters(cursor: Cursor): SfParameters | undefined {
  if (peek(cursor) !== CHAR.semicolon) return NO_PARAMETERS;
  const parameters: SfParameter[] = [];
  while (take(cursor, CHAR.semicolon)) {
    if (parameters.length === MAX_PARAMETERS) return fail(cursor, 'too_many');
    skipSpaces(cursor);
    const start = cursor.at;
    const key = parseKey(cursor);
    if (key === undefined) return undefined;
    // RFC 9651 has the last of two win: what one reader drops, another may believe.
    if (parameters.some(([other]) => other === key)) return fail(cursor, 'duplicate_parameter', start);
    const value = take(cursor, CHAR.equals) ? parseBareItem(cursor) : TRUE;
    if (value === undefined) return undefined;
    parameters.push([key, value]);
  }
  return parameters;
}

function parseBareItem(cursor: Cursor): BareItem | undefined {
  const code = peek(cursor);
  if (code === CHAR.quote) return parseString(cursor);
  if (code === CHAR.colon) return parseBytes(cursor);
  if (code === CHAR.minus || isDigit(code)) return parseNumber(cursor);
  if (isTokenStart(code)) return parseToken(cursor);
  if (code === CHAR.question) return parseBoolean(cursor);
  if (code === CHAR.at) return parseDate(cursor);
  if (code === CHAR.percent) return parseDisplayString(cursor);
  return fail(cursor, 'expected_item');
}

function parseBoolean(cursor: Cursor): BareItem | undefined {
  cursor.at += 1;
  if (take(cursor, CHAR.one)) return TRUE;
  return take(cursor, CHAR.zero) ? FALSE : fail(cursor, 'bad_character');
}
