import { cleanText } from './clean.ts';
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
  let value: Uint8Array | undefined;
  for (const line of message.headers) {
    if (line.name !== name) continue;
    if (value !== undefined) return { kind: 'repeated' };
    value = line.value;
  }
  if (value === undefined) return { kind: 'absent' };
  const text = cleanText(value);
  if (text === undefined || (message.isLossy && isAmbiguousWhenMerged(text))) return { kind: 'unclean' };
  return { kind: 'found', value: text };
}
