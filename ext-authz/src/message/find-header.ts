import { isClean } from './clean.ts';
import { isAmbiguousWhenMerged } from './header-lines.ts';
import type { Message } from './message.ts';

/** A header that a decision rests on: exactly one clean line, or the reason why there is none. */
export type FoundHeader =
  | { readonly kind: 'found'; readonly value: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'repeated' }
  /** Control or non-ASCII bytes, or a merged value that may stand for something else. */
  | { readonly kind: 'unclean' };

/** Finds a header by its lower-case name. Repetition is an answer of its own, never "the first" or "the last". */
export function findHeader(message: Message, name: string): FoundHeader {
  const { headers, isLossy } = message;
  const place = headers.find(name);
  if (place < 0) return { kind: 'absent' };
  if (headers.find(name, place + 1) >= 0) return { kind: 'repeated' };
  const value = headers.textAt(place);
  if (!isClean(value) || (isLossy && isAmbiguousWhenMerged(value))) return { kind: 'unclean' };
  return { kind: 'found', value };
}
