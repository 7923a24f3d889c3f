import { bitsOf, type WireReader } from '@paymesh/common/wire';

import type { HeaderLine, HeaderList } from '../../message/index.ts';

// base.proto, HeaderValue.
const KEY = 0x0a;
const VALUE = 0x12;
const RAW_VALUE = 0x1a;
const KNOWN = bitsOf(1, 2, 3);

/** Numbers for each line: where its name starts and ends, and where its value does. */
const STEP = 4;
const LAST_ASCII = 0x7f;
const UPPER_A = 0x41;
const UPPER_Z = 0x5a;

/**
 * The header lines of a request as places in its buffer: of twenty headers a decision looks at eight, and names and
 * values of the others need not be made. A class, since closures for each request would cost what it saves.
 */
export class WireHeaders implements HeaderList {
  private readonly bytes: Buffer;
  private readonly places: number[] = [];
  /** Some name is not in lower-case ASCII, as Envoy sends them all: bytes alone do not tell names apart. */
  private hasOddNames = false;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Reads a HeaderValue; the reader stands at its length. Envoy fills `raw_value`, or `value` when told to. */
  read(reader: WireReader): void {
    let nameStart = 0;
    let nameEnd = 0;
    let textStart = 0;
    let textEnd = 0;
    let start = 0;
    let end = 0;
    const outer = reader.enter();
    while (reader.hasMore()) {
      const tag = reader.tag();
      if (tag === KEY) {
        nameStart = reader.pass();
        nameEnd = reader.at();
        if (!this.isLowerAscii(nameStart, nameEnd)) {
          reader.needUtf8(nameStart, nameEnd);
          this.hasOddNames = true;
        }
      } else if (tag === RAW_VALUE) {
        start = reader.pass();
        end = reader.at();
      } else if (tag === VALUE) {
        textStart = reader.pass();
        textEnd = reader.at();
        reader.needUtf8(textStart, textEnd);
      } else {
        reader.skip(tag, KNOWN);
      }
    }
    reader.leave(outer);
    if (start === end) this.places.push(nameStart, nameEnd, textStart, textEnd);
    else this.places.push(nameStart, nameEnd, start, end);
  }

  isEmpty(): boolean {
    return this.places.length === 0;
  }

  find(name: string, from = 0): number {
    const { places, bytes } = this;
    for (let at = from * STEP; at < places.length; at += STEP) {
      const start = places[at] ?? 0;
      const end = places[at + 1] ?? 0;
      if (this.hasOddNames) {
        if (this.nameAt(at) === name) return at / STEP;
      } else if (end - start === name.length && isAt(bytes, start, name)) {
        return at / STEP;
      }
    }
    return -1;
  }

  valueAt(place: number): Uint8Array {
    const at = place * STEP;
    return this.bytes.subarray(this.places[at + 2], this.places[at + 3]);
  }

  textAt(place: number): string {
    const at = place * STEP;
    return this.bytes.toString('latin1', this.places[at + 2], this.places[at + 3]);
  }

  *[Symbol.iterator](): Iterator<HeaderLine> {
    for (let at = 0; at < this.places.length; at += STEP) {
      yield { name: this.nameAt(at), value: this.valueAt(at / STEP) };
    }
  }

  private nameAt(at: number): string {
    return this.bytes.toString('utf8', this.places[at], this.places[at + 1]).toLowerCase();
  }

  private isLowerAscii(start: number, end: number): boolean {
    for (let index = start; index < end; index += 1) {
      const byte = this.bytes[index] ?? 0;
      if (byte > LAST_ASCII || (byte >= UPPER_A && byte <= UPPER_Z)) return false;
    }
    return true;
  }
}

/** From the end, where names that begin with `x-` differ. */
function isAt(bytes: Buffer, start: number, text: string): boolean {
  for (let index = text.length - 1; index >= 0; index -= 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}
