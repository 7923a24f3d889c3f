const FIRST_BYTES = 4 * 1024;
const CONTINUES = 0x80;
const PAYLOAD_MASK = 0x7f;
/** Up to here one byte after the other is faster than a call out of JavaScript. */
const SHORT_TEXT = 64;
const LAST_ASCII = 0x7f;

/**
 * Writes protobuf from the last byte to the first, so that the length of a message is known when its
 * turn comes. Fields come out in the reverse of the order in which they are written.
 */
export interface BackwardWriter {
  /** Writes a number, unsigned, then its tag. */
  varint(tag: number, value: number): void;
  /** Writes text as UTF-8, then its tag. */
  text(tag: number, text: string): void;
  /** Writes bytes and their length, then its tag. */
  blob(tag: number, blob: Uint8Array): void;
  /** Where a message ends: to be given to `open` once its fields are written. */
  mark(): number;
  /** Writes the length of all that was written since, then the tag. */
  open(tag: number, mark: number): void;
  /** A copy of what was written; the writer is empty again. */
  finish(): Uint8Array;
}

/** A writer for one message after the other; its buffer grows to the largest. */
export function createBackwardWriter(): BackwardWriter {
  let bytes = Buffer.allocUnsafe(FIRST_BYTES);
  let start = bytes.byteLength;

  function reserve(count: number): void {
    if (count <= start) return;
    const size = bytes.byteLength - start;
    const larger = Buffer.allocUnsafe(2 * bytes.byteLength + count);
    bytes.copy(larger, larger.byteLength - size, start);
    start = larger.byteLength - size;
    bytes = larger;
  }

  function number(value: number): void {
    const size = value <= PAYLOAD_MASK ? 1 : varintBytes(value);
    reserve(size);
    start -= size;
    let rest = value;
    for (let index = 0; index < size - 1; index += 1) {
      bytes[start + index] = (rest % CONTINUES) | CONTINUES;
      rest = Math.floor(rest / CONTINUES);
    }
    bytes[start + size - 1] = rest;
  }

  /** False when it is not ASCII; then nothing is written. */
  function ascii(text: string): boolean {
    const { length } = text;
    if (length > SHORT_TEXT) return false;
    reserve(length);
    const at = start - length;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > LAST_ASCII) return false;
      bytes[at + index] = code;
    }
    start = at;
    return true;
  }

  function utf8(text: string): void {
    const size = Buffer.byteLength(text, 'utf8');
    reserve(size);
    start -= size;
    bytes.write(text, start, size, 'utf8');
  }

  return {
    varint: (tag, value) => {
      number(value);
      number(tag);
    },
    text: (tag, text) => {
      const end = bytes.byteLength - start;
      if (!ascii(text)) utf8(text);
      number(bytes.byteLength - start - end);
      number(tag);
    },
    blob: (tag, blob) => {
      reserve(blob.byteLength);
      start -= blob.byteLength;
      bytes.set(blob, start);
      number(blob.byteLength);
      number(tag);
    },
    mark: () => bytes.byteLength - start,
    open: (tag, mark) => {
      number(bytes.byteLength - start - mark);
      number(tag);
    },
    finish: () => {
      const message = Uint8Array.prototype.slice.call(bytes, start);
      start = bytes.byteLength;
      return message;
    },
  };
}

function varintBytes(value: number): number {
  let size = 1;
  for (let rest = value; rest > PAYLOAD_MASK; rest = Math.floor(rest / CONTINUES)) size += 1;
  return size;
}
