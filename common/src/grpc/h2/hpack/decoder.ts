import { DynamicTable } from './dynamic-table.ts';
import { createField, type Field } from './field.ts';
import { decodeHuffman } from './huffman.ts';
import { STATIC_TABLE } from './static-table.ts';

/** Takes the fields of a block in order. */
export interface FieldSink {
  add(field: Field): void;
}

/** `too_large`: the block was read, but its sink was not given all of it. `broken`: COMPRESSION_ERROR. */
export type Decoded = 'ok' | 'too_large' | 'broken';

/** The first one is the size that the table had in between. (RFC 7541, 4.2) */
const MAX_RESIZES = 2;
/** Larger than any number that a block of this server can mean. */
const MAX_INTEGER = 0xff_ff_ff;
const MAX_INTEGER_BITS = 28;
/** Longer than the longest block, decoded. */
const scratch = Buffer.alloc(64 * 1024);

/** The fields that one peer sends, over all its blocks. (RFC 7541) */
export class HpackDecoder {
  readonly #table = new DynamicTable();
  readonly #maxListBytes: number;
  #bytes: Buffer = scratch;
  #at = 0;
  #end = 0;

  /** `maxListBytes`: of a decoded list, each field with 32 bytes more. */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /** Reads a whole block of at most 32 kB. */
  decode(bytes: Buffer, start: number, end: number, sink: FieldSink): Decoded {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    let listBytes = 0;
    if (!this.#resize()) return 'broken';
    while (this.#at < end) {
      const field = this.#field();
      if (field === undefined) return 'broken';
      listBytes += field.bytes;
      if (listBytes <= this.#maxListBytes) sink.add(field);
    }
    // Holds no reference to what was read.
    this.#bytes = scratch;
    return listBytes <= this.#maxListBytes ? 'ok' : 'too_large';
  }

  /** New sizes of the table: only at the beginning of a block. */
  #resize(): boolean {
    for (let count = 0; this.#at < this.#end && ((this.#bytes[this.#at] ?? 0) & 0xe0) === 0x20; count += 1) {
      const size = this.#integer(5);
      if (size === -1 || count >= MAX_RESIZES || !this.#table.resize(size)) return false;
    }
    return true;
  }

  #field(): Field | undefined {
    const first = this.#bytes[this.#at] ?? 0;
    if ((first & 0x80) !== 0) return this.#indexed(this.#integer(7));
    if ((first & 0x40) !== 0) {
      const field = this.#literal(6);
      if (field !== undefined) this.#table.add(field);
      return field;
    }
    // Never indexed is without indexing for whoever sends nothing on. A size here is an error.
    return (first & 0x20) === 0 ? this.#literal(4) : undefined;
  }

  #indexed(index: number): Field | undefined {
    return index > STATIC_TABLE.length
      ? this.#table.at(index - STATIC_TABLE.length - 1)
      : STATIC_TABLE[index - 1];
  }

  #literal(prefixBits: number): Field | undefined {
    const index = this.#integer(prefixBits);
    const name = index === 0 ? this.#string() : this.#indexed(index)?.name;
    if (name === undefined) return undefined;
    const value = this.#string();
    return value === undefined ? undefined : createField(name, value);
  }

  #string(): string | undefined {
    if (this.#at >= this.#end) return undefined;
    const isHuffman = ((this.#bytes[this.#at] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    if (length === -1 || start + length > this.#end) return undefined;
    this.#at = start + length;
    if (!isHuffman) return this.#bytes.toString('latin1', start, this.#at);
    const size = decodeHuffman(this.#bytes, start, this.#at, scratch);
    return size === -1 ? undefined : scratch.toString('latin1', 0, size);
  }

  /** An integer of RFC 7541, 5.1; -1 where it is cut short or too large. */
  #integer(prefixBits: number): number {
    const max = (1 << prefixBits) - 1;
    let value = (this.#bytes[this.#at++] ?? 0) & max;
    if (value < max) return value;
    for (let shift = 0; shift < MAX_INTEGER_BITS && this.#at < this.#end; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return value <= MAX_INTEGER ? value : -1;
    }
    return -1;
  }
}
