import type { Fault, Problem } from './types.ts';

/** A place in one line of a field. The first fault stays; whoever sees `undefined` returned gives up. */
export interface Cursor {
  readonly text: string;
  readonly line: number;
  at: number;
  fault: Fault | undefined;
}

/** At the start of a line. */
export function cursorOf(text: string, line = 0): Cursor {
  return { text, line, at: 0, fault: undefined };
}

/** Notes what is wrong at the cursor, or at another place of its line. */
export function fail(cursor: Cursor, problem: Problem, at = cursor.at): undefined {
  cursor.fault ??= { problem, line: cursor.line, at };
  return undefined;
}

/** Code of the character at the cursor; NaN at the end, which equals nothing. */
export function peek({ text, at }: Cursor): number {
  return text.charCodeAt(at);
}

/** Steps over the character when it is the next one. */
export function take(cursor: Cursor, code: number): boolean {
  if (peek(cursor) !== code) return false;
  cursor.at += 1;
  return true;
}

export function isAtEnd({ text, at }: Cursor): boolean {
  return at >= text.length;
}

/** Steps over spaces, the only white space inside an inner list and before a parameter. */
export function skipSpaces(cursor: Cursor): void {
  while (peek(cursor) === CHAR.space) cursor.at += 1;
}

/** Steps over spaces and tabs, which may stand around the commas of lists and dictionaries. */
export function skipBlanks(cursor: Cursor): void {
  while (peek(cursor) === CHAR.space || peek(cursor) === CHAR.tab) cursor.at += 1;
}

/** Codes of the characters with a meaning of their own. */
export const CHAR = {
  tab: 0x09,
  space: 0x20,
  quote: 0x22,
  percent: 0x25,
  open: 0x28,
  close: 0x29,
  star: 0x2a,
  comma: 0x2c,
  minus: 0x2d,
  dot: 0x2e,
  colon: 0x3a,
  semicolon: 0x3b,
  equals: 0x3d,
  question: 0x3f,
  at: 0x40,
  backslash: 0x5c,
  zero: 0x30,
  one: 0x31,
  lastPrintable: 0x7e,
} as const;
