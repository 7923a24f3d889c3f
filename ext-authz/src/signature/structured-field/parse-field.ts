import { CHAR, type Cursor, cursorOf, fail, isAtEnd, peek, skipBlanks, skipSpaces, take } from './cursor.ts';
import { parseBareMember, parseItemAt, parseKey, parseMember } from './parse-item.ts';
import type { Dictionary, Item, Member, Parsed } from './types.ts';

/**
 * The lines of a Dictionary field (RFC 9651 section 4.2.2) as one dictionary. Stricter than the RFC: a key that comes
 * twice, on whichever lines, is an error, and every line is a dictionary of its own.
 */
export function parseDictionary(lines: readonly string[]): Parsed<Dictionary> {
  const members = new Map<string, Member>();
  return parseLines(lines, (cursor) => addMember(cursor, members), members);
}

/** The lines of a List field (RFC 9651 section 4.2.1) as one list. */
export function parseList(lines: readonly string[]): Parsed<readonly Member[]> {
  const members: Member[] = [];
  const add = (cursor: Cursor) => {
    const member = parseMember(cursor);
    if (member !== undefined) members.push(member);
  };
  return parseLines(lines, add, members);
}

/** An Item field, which has one line (RFC 9651 section 4.2.3). */
export function parseItem(text: string): Parsed<Item> {
  const cursor = cursorOf(text);
  skipSpaces(cursor);
  const item = parseItemAt(cursor);
  skipSpaces(cursor);
  if (item !== undefined && !isAtEnd(cursor)) fail(cursor, 'expected_end');
  return concluded(cursor, item);
}

function addMember(cursor: Cursor, members: Map<string, Member>): void {
  const start = cursor.at;
  const key = parseKey(cursor);
  if (key === undefined) return;
  if (members.has(key)) {
    fail(cursor, 'duplicate_key', start);
    return;
  }
  const member = take(cursor, CHAR.equals) ? parseMember(cursor) : parseBareMember(cursor);
  if (member !== undefined) members.set(key, member);
}

function parseLines<T>(lines: readonly string[], add: (cursor: Cursor) => void, value: T): Parsed<T> {
  for (const [index, text] of lines.entries()) {
    const cursor = cursorOf(text, index);
    skipSpaces(cursor);
    // A field of one empty line is empty; an empty line among others would leave a lone comma.
    if (!isAtEnd(cursor) || lines.length > 1) parseMembers(cursor, add);
    if (cursor.fault !== undefined) return { kind: 'malformed', fault: cursor.fault };
  }
  return { kind: 'parsed', value };
}

function parseMembers(cursor: Cursor, add: (cursor: Cursor) => void): void {
  for (;;) {
    add(cursor);
    if (cursor.fault !== undefined) return;
    skipBlanks(cursor);
    if (isAtEnd(cursor)) return;
    if (peek(cursor) !== CHAR.comma) {
      fail(cursor, 'expected_separator');
      return;
    }
    cursor.at += 1;
    skipBlanks(cursor);
    if (isAtEnd(cursor)) {
      fail(cursor, 'trailing_comma');
      return;
    }
  }
}

function concluded<T>({ fault, line, at }: Cursor, value: T | undefined): Parsed<T> {
  if (fault === undefined && value !== undefined) return { kind: 'parsed', value };
  return { kind: 'malformed', fault: fault ?? { problem: 'expected_item', line, at } };
}
