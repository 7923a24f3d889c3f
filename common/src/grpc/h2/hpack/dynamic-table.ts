import type { Field } from './field.ts';

/** Entries are 32 bytes or more, so a table of 4096 bytes holds no more of them. A power of two. */
const SLOTS = 128;
/** What a peer may use, and uses unless it says less. (RFC 9113, 6.5.2) */
const MAX_TABLE_BYTES = 4_096;

/** The fields that a peer had remembered, newest first. (RFC 7541, 2.3.2) */
export class DynamicTable {
  readonly #slots: (Field | undefined)[] = Array.from({ length: SLOTS });
  /** Fields ever added: the newest is in the slot before. */
  #added = 0;
  #count = 0;
  #bytes = 0;
  #maxBytes = MAX_TABLE_BYTES;

  /** The field of an index, which begins at 0. */
  at(index: number): Field | undefined {
    return index < this.#count ? this.#slots[(this.#added - 1 - index) & (SLOTS - 1)] : undefined;
  }

  /** A field larger than the table empties it. (RFC 7541, 4.4) */
  add(field: Field): void {
    this.#evict(this.#maxBytes - field.bytes);
    if (field.bytes > this.#maxBytes) return;
    this.#slots[this.#added & (SLOTS - 1)] = field;
    this.#added = (this.#added + 1) & (SLOTS - 1);
    this.#count += 1;
    this.#bytes += field.bytes;
  }

  /** False when it is more than was allowed. */
  resize(maxBytes: number): boolean {
    if (maxBytes > MAX_TABLE_BYTES) return false;
    this.#maxBytes = maxBytes;
    this.#evict(maxBytes);
    return true;
  }

  #evict(maxBytes: number): void {
    while (this.#count > 0 && this.#bytes > maxBytes) {
      const slot = (this.#added - this.#count) & (SLOTS - 1);
      this.#bytes -= this.#slots[slot]?.bytes ?? 0;
      this.#slots[slot] = undefined;
      this.#count -= 1;
    }
  }
}
