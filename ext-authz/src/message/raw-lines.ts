import { placesOf } from './header-list.ts';
import type { Message } from './message.ts';

const SPACE = 0x20;
const TAB = 0x09;
const DELETE = 0x7f;
const COMMA = 0x2c;
const EXCLAMATION = 0x21;

/** All lines of a field as bytes, each without the spaces and tabs around it. */
export type RawLines =
  | { readonly kind: 'lines'; readonly values: readonly [Uint8Array, ...Uint8Array[]] }
  | { readonly kind: 'absent' }
  /** Control bytes, or a merged value that may stand for something else. */
  | { readonly kind: 'unclean' };

/** Finds a field by its lower-case name, whatever bytes above ASCII it holds. Lossy values as in `findLines`. */
export function findRawLines({ headers, isLossy }: Message, name: string): RawLines {
  const values: Uint8Array[] = [];
  for (const place of placesOf(headers, name)) {
    const value = headers.valueAt(place);
    if (hasControls(value) || (isLossy && mayStandForOther(value))) return { kind: 'unclean' };
    values.push(trimmed(value));
  }
  const [first, ...others] = values;
  return first === undefined ? { kind: 'absent' } : { kind: 'lines', values: [first, ...others] };
}

function hasControls(value: Uint8Array): boolean {
  return value.some((byte) => (byte < SPACE && byte !== TAB) || byte === DELETE);
}

function mayStandForOther(value: Uint8Array): boolean {
  return value.includes(COMMA) || value.includes(EXCLAMATION);
}

function trimmed(value: Uint8Array): Uint8Array {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value[start])) start += 1;
  while (end > start && isBlank(value[end - 1])) end -= 1;
  return value.subarray(start, end);
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
