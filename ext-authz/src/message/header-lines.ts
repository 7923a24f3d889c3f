import { isClean } from './clean.ts';
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
  const values: string[] = [];
  for (const line of message.headers) {
    if (line.name !== name) continue;
    if (!isClean(line.value)) return { kind: 'unclean' };
    const text = Buffer.from(line.value.buffer, line.value.byteOffset, line.value.byteLength).toString(
      'latin1',
    );
    if (message.isLossy && isAmbiguousWhenMerged(text)) return { kind: 'unclean' };
    values.push(text.replaceAll(/^[ \t]+|[ \t]+$/g, ''));
  }
  const [first, ...others] = values;
  return first === undefined ? { kind: 'absent' } : { kind: 'lines', values: [first, ...others] };
}

/** True where a merged header value could stand for several lines or for bytes that were replaced. */
export function isAmbiguousWhenMerged(text: string): boolean {
  return text.includes(',') || text.includes('!');
}
