import type { Message } from '../message/index.ts';

/** The lines of one header. `isClear`: in ASCII, and none that could stand for something else. */
export interface HeaderWord {
  readonly lines: readonly string[];
  readonly isClear: boolean;
}

const ASCII = /^[\t\x20-\x7e]*$/;

/** Every header by its lower-case name. */
export function headerWords({ headers, isLossy }: Message): ReadonlyMap<string, HeaderWord> {
  const words = new Map<string, HeaderWord>();
  for (const { name, value } of headers) {
    const line = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1');
    // In a merged map a comma may join two lines, and "!" stand for a byte.
    const isClear = ASCII.test(line) && !(isLossy && /[,!]/.test(line));
    const before = words.get(name);
    words.set(name, {
      lines: before === undefined ? [line] : [...before.lines, line],
      isClear: isClear && before?.isClear !== false,
    });
  }
  return words;
}
