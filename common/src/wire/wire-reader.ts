import { isUtf8 } from 'node:buffer';

import { createTextTable } from './text-table.ts';
import { WireError } from './wire-error.ts';

/** Wire types of the fields that are read here. (protobuf.dev/programming-guides/encoding) */
const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED64 = 1;
const FIXED32 = 5;

const TAG_TYPE_BITS = 3;
const TAG_TYPE_MASK = 7;
const MAX_LENGTH = 0x7f_ff_ff_ff;
/** Tags and lengths are 32-bit varints, numbers are 64-bit ones. */
const MAX_VARINT32_BYTES = 5;
const MAX_VARINT64_BYTES = 10;
/** So many bytes of a varint fit the bits of a small number. */
const SAFE_VARINT_BYTES = 4;
const LAST_ASCII = 0x7f;
const CONTINUES = 0x80;
const PAYLOAD_MASK = 0x7f;
const PAYLOAD_BITS = 7;

/** What one request says the next one says too. */
const TEXTS = createTextTable();

/**
 * A place in bytes of the protobuf wire format. All that it gives lies within the message that was
 * entered last; anything else is a WireError. Byte values are parts of the buffer, not copies.
 */
export class WireReader {
  readonly bytes: Buffer;
  private position = 0;
  private end: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.end = bytes.byteLength;
  }

  /** True until the message is read to its end. */
  hasMore(): boolean {
    return this.position < this.end;
  }

  /** The next tag, `field << 3 | type`, as one number to switch on. */
  tag(): number {
    const tag = this.varint32();
    if (tag >>> TAG_TYPE_BITS === 0) throw new WireError('field number 0');
    return tag;
  }

  /** Steps into a message; gives what `leave` wants back. */
  enter(): number {
    const length = this.length();
    const outer = this.end;
    this.end = this.position + length;
    return outer;
  }

  /** Steps out of a message that was read to its end. */
  leave(outer: number): void {
    this.end = outer;
  }

  /** Length-delimited bytes, as a part of the buffer. */
  blob(): Buffer {
    const start = this.pass();
    return this.bytes.subarray(start, this.position);
  }

  /** Passes over length-delimited bytes: they lie between this and `at()`. */
  pass(): number {
    const length = this.length();
    const start = this.position;
    this.position = start + length;
    return start;
  }

  /** Where the reader stands. */
  at(): number {
    return this.position;
  }

  /** Length-delimited text, which must be UTF-8. */
  text(): string {
    const start = this.pass();
    const ascii = this.asciiFrom(start);
    if (ascii !== undefined) return ascii;
    this.needUtf8(start, this.position);
    return this.bytes.toString('utf8', start, this.position);
  }

  /** Length-delimited text; what is not UTF-8 in it becomes U+FFFD. */
  anyText(): string {
    const start = this.pass();
    return this.asciiFrom(start) ?? this.bytes.toString('utf8', start, this.position);
  }

  /** The bytes of text, which must be UTF-8. */
  textBytes(): Buffer {
    const start = this.pass();
    this.needUtf8(start, this.position);
    return this.bytes.subarray(start, this.position);
  }

  /** Passes only where the bytes between two places are UTF-8. */
  needUtf8(start: number, end: number): void {
    if (!isUtf8(this.bytes.subarray(start, end))) throw new WireError('text that is not UTF-8');
  }

  /** A signed 64-bit varint; exact up to 2^53, near enough beyond to be no length of anything. */
  int64(): number {
    let low = 0;
    for (let index = 0; index < SAFE_VARINT_BYTES; index += 1) {
      const byte = this.byte();
      low |= (byte & PAYLOAD_MASK) << (PAYLOAD_BITS * index);
      if (byte < CONTINUES) return low;
    }
    let value = BigInt(low);
    for (let index = SAFE_VARINT_BYTES; index < MAX_VARINT64_BYTES; index += 1) {
      const byte = this.byte();
      value |= BigInt(byte & PAYLOAD_MASK) << BigInt(PAYLOAD_BITS * index);
      if (byte < CONTINUES) return Number(BigInt.asIntN(64, value));
    }
    throw new WireError('a varint of more than 10 bytes');
  }

  /** An unsigned 32-bit varint. */
  uint32(): number {
    return this.int64() >>> 0;
  }

  /**
   * Passes over a field. `known` has a bit for each field number below 32 that is read: with such a
   * number the type of the tag was wrong. Groups are refused: nothing that is read here has any.
   */
  skip(tag: number, known: number): void {
    const field = tag >>> TAG_TYPE_BITS;
    if (field < 32 && (known >>> field) & 1) throw new WireError(`field ${field} of the wrong type`);
    switch (tag & TAG_TYPE_MASK) {
      case VARINT:
        this.int64();
        return;
      case FIXED64:
        this.advance(8);
        return;
      case LENGTH_DELIMITED:
        this.advance(this.length());
        return;
      case FIXED32:
        this.advance(4);
        return;
      default:
        throw new WireError('a group, or no wire type');
    }
  }

  private asciiFrom(start: number): string | undefined {
    const end = this.position;
    if (start === end) return '';
    const known = TEXTS.find(this.bytes, start, end);
    if (known !== undefined) return known;
    if (!this.isAscii(start, end)) return undefined;
    const made = this.bytes.toString('latin1', start, end);
    TEXTS.put(this.bytes, start, end, made);
    return made;
  }

  private isAscii(start: number, end: number): boolean {
    for (let index = start; index < end; index += 1) {
      if ((this.bytes[index] ?? CONTINUES) > LAST_ASCII) return false;
    }
    return true;
  }

  private length(): number {
    const length = this.varint32();
    if (length > this.end - this.position) throw new WireError('a field that ends beyond its message');
    return length;
  }

  private varint32(): number {
    const first = this.byte();
    if (first < CONTINUES) return first;
    let value = first & PAYLOAD_MASK;
    for (let index = 1; index < MAX_VARINT32_BYTES; index += 1) {
      const byte = this.byte();
      value += (byte & PAYLOAD_MASK) * 2 ** (PAYLOAD_BITS * index);
      if (byte >= CONTINUES) continue;
      if (value > MAX_LENGTH) break;
      return value;
    }
    throw new WireError('a tag or length of more than 31 bits');
  }

  private advance(count: number): void {
    if (count > this.end - this.position) throw new WireError('a field that ends beyond its message');
    this.position += count;
  }

  private byte(): number {
    const byte = this.position < this.end ? this.bytes[this.position] : undefined;
    if (byte === undefined) throw new WireError('cut short');
    this.position += 1;
    return byte;
  }
}
