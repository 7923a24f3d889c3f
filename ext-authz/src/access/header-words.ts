import type { Message } from '../message/index.ts';

/** What one header says. `unclear`: sent twice, or with bytes that others may read differently. */
export type HeaderWord = { readonly kind: 'clear'; readonly text: string } | { readonly kind: 'unclear' };

const UNCLEAR: HeaderWord = { kind: 'unclear' };
const ASCII = /^[\t\x20-\x7e]*$/;

/** Every header by its lower-case name. */
export function headerWords({ headers, isLossy }: Message): ReadonlyMap<string, HeaderWord> {
  const words = new Map<string, HeaderWord>();
  for (const { name, value } of headers) {
    if (words.has(name)) {
      words.set(name, UNCLEAR);
      continue;
    }
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
    // In a merged map a comma may join two lines, and "!" stand for a byte.
    const isClear = ASCII.test(text) && !(isLossy && /[,!]/.test(text));
    words.set(name, isClear ? { kind: 'clear', text } : UNCLEAR);
  }
  return words;
}
