import type { Budget } from './budget.ts';
import { type Received, readFrame, refused } from './frame.ts';
import { Code } from './status.ts';

const FIRST_BYTES = 4 * 1024;

/** Gathers the message of a call that comes in pieces, however small they are. */
export interface Collector {
  add(chunk: Buffer): Received;
  /** Forgets what was gathered. */
  release(): void;
}

/**
 * One buffer that doubles, paid from the budget of the connection before it grows: keeping the pieces
 * would let one-byte frames hold a hundred times their size.
 */
export function createCollector(maxBytes: number, budget: Budget): Collector {
  let bytes = Buffer.alloc(0);
  let size = 0;

  function hasRoom(wanted: number): boolean {
    if (wanted <= bytes.byteLength) return true;
    const more = Math.max(wanted - bytes.byteLength, bytes.byteLength, FIRST_BYTES);
    if (!budget.take(more)) return false;
    const larger = Buffer.allocUnsafeSlow(bytes.byteLength + more);
    bytes.copy(larger, 0, 0, size);
    bytes = larger;
    return true;
  }

  return {
    add: (chunk) => {
      if (!hasRoom(size + chunk.byteLength)) {
        return refused(Code.resourceExhausted, 'too many bytes of incomplete messages on this connection');
      }
      chunk.copy(bytes, size);
      size += chunk.byteLength;
      return readFrame(bytes.subarray(0, size), maxBytes);
    },
    release: () => {
      budget.giveBack(bytes.byteLength);
      bytes = Buffer.alloc(0);
      size = 0;
    },
  };
}
