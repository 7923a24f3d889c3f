import { isClean } from './clean.ts';
import { placesOf } from './header-list.ts';
import type { Message } from './message.ts';

/** All lines of a field, in order, each without the spaces and tabs around it. */
export type FoundLines =
  | { readonly kind: 'lines'; readonly values: readonly [string, ...string[]] }
  | { readonly kind: 'absent' }
  /** Control or non-ASCII bytes, or a merged value that may stand for something else. */
  | { readonly kind: 'unclean' };

/**
 * Finds a field by its lower-case name, all its lines. From a merged header map only a value that can stand for
 * nothing else is given: Envoy joined lines with a comma and put `!` for bytes that are no UTF-8.
 */
export function findLines(message: Message, name: string): FoundLines {
  return linesOf(message, name, isAmbiguousWhenMerged);
}

/**
 * Lines of a field that is by definition a list or dictionary, to be read and not to be compared as text: of a merged
 * value, commas are taken too, for joined lines say the same there as lines apart.
 */
export function findListLines(message: Message, name: string): FoundLines {
  return linesOf(message, name, mayHoldReplacedBytes);
}

/** True where a merged header value could stand for several lines or for bytes that were replaced. */
export function isAmbiguousWhenMerged(text: string): boolean {
  return text.includes(',') || mayHoldReplacedBytes(text);
}

function mayHoldReplacedBytes(text: string): boolean {
  return text.includes('!');
}

function linesOf(message: Message, name: string, isAmbiguous: (merged: string) => boolean): FoundLines {
  const { headers, isLossy } = message;
  let values: [string, ...string[]] | undefined;
  for (const place of placesOf(headers, name)) {
    const text = headers.textAt(place);
    if (!isClean(text) || (isLossy && isAmbiguous(text))) return { kind: 'unclean' };
    // Of the white space that `trim` knows only spaces and tabs are clean.
    if (values === undefined) values = [text.trim()];
    else values.push(text.trim());
  }
  return values === undefined ? { kind: 'absent' } : { kind: 'lines', values };
}
