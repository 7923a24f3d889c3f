import type { HeaderLine } from '../../message/index.ts';
import { HeaderPart } from './header-part.ts';
import { bitsOf } from './known-fields.ts';
import type { WireReader } from './wire-reader.ts';

// base.proto, HeaderValue.
const KEY = 0x0a;
const VALUE = 0x12;
const RAW_VALUE = 0x1a;
const KNOWN = bitsOf(1, 2, 3);

/** Reads a HeaderValue; the reader stands at its length. Envoy fills `raw_value`, or `value` when told to. */
export function readHeaderLine(reader: WireReader): HeaderLine {
  let name = '';
  let text: Uint8Array | undefined;
  let start = 0;
  let end = 0;
  const outer = reader.enter();
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === KEY) {
      name = reader.text();
    } else if (tag === RAW_VALUE) {
      start = reader.pass();
      end = reader.at();
    } else if (tag === VALUE) {
      text = reader.textBytes();
    } else {
      reader.skip(tag, KNOWN);
    }
  }
  reader.leave(outer);
  name = name.toLowerCase();
  return start === end && text !== undefined
    ? { name, value: text }
    : new HeaderPart(name, reader.bytes, start, end);
}
