/** Lines that wait, oldest first, the first of them perhaps begun. */
export interface LineQueue {
  /** Bytes that wait. */
  readonly bytes: number;
  /** Lines that wait, a begun one included. */
  readonly lines: number;
  push(line: string): void;
  /** The next bytes to write: whole lines up to so many bytes, and one in any case. Undefined when empty. */
  next(maxBytes: number): Uint8Array | undefined;
  /** So many bytes were written. */
  advance(bytes: number): void;
  /** The first line is to be written from its beginning. */
  rewind(): void;
}

/** An empty queue. Who pushes keeps the bound. */
export function createLineQueue(): LineQueue {
  const waiting: Buffer[] = [];
  let bytes = 0;
  let begun = 0;
  return {
    get bytes() {
      return bytes;
    },
    get lines() {
      return waiting.length;
    },
    push: (line) => {
      const encoded = Buffer.from(`${line}\n`, 'utf8');
      waiting.push(encoded);
      bytes += encoded.byteLength;
    },
    next: (maxBytes) => {
      const [first] = waiting;
      if (first === undefined) return undefined;
      const parts = [first.subarray(begun)];
      let size = first.byteLength - begun;
      for (let index = 1; index < waiting.length; index += 1) {
        const line = waiting[index];
        if (line === undefined || size + line.byteLength > maxBytes) break;
        parts.push(line);
        size += line.byteLength;
      }
      return Buffer.concat(parts, size);
    },
    advance: (written) => {
      bytes -= written;
      begun += written;
      let done = 0;
      for (let line = waiting[done]; line !== undefined && begun >= line.byteLength; line = waiting[done]) {
        begun -= line.byteLength;
        done += 1;
      }
      waiting.splice(0, done);
    },
    rewind: () => {
      bytes += begun;
      begun = 0;
    },
  };
}
