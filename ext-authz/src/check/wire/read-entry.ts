import { bitsOf, type WireReader } from '@paymesh/common/wire';

const KEY = 0x0a;
const VALUE = 0x12;
const KNOWN = bitsOf(1, 2);

/** An entry of a map with keys of text. A key that is left out is empty; a value is undefined. */
export interface Entry<T> {
  readonly key: string;
  readonly value: T | undefined;
}

/** Reads a map entry; the reader stands at its length. `readValue` gets the value of before if there are two. */
export function readEntry<T>(
  reader: WireReader,
  readValue: (reader: WireReader, before: T | undefined) => T,
): Entry<T> {
  let key = '';
  let value: T | undefined;
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === KEY) key = reader.text();
    else if (tag === VALUE) value = readValue(reader, value);
    else reader.skip(tag, KNOWN);
  }
  reader.leave(outer);
  return { key, value };
}
