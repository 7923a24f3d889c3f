import type { Socket } from 'node:net';

import { FRAME_HEAD_BYTES, FrameType } from './protocol.ts';

/** Room for the answers of a turn; more is written in pieces. */
const BUFFER_BYTES = 64 * 1024;
/** Buffers that wait for their next use, of all connections. */
const MAX_SPARE = 32;
const spare: Buffer[] = [];
const NOTHING = Buffer.alloc(0);
const UINT32_BYTES = 4;

/** What a connection has to say, gathered into one write a turn. */
export class Output {
  readonly #socket: Socket;
  readonly #onTurnEnd: () => void;
  #buffer: Buffer = NOTHING;
  #size = 0;
  #isScheduled = false;
  /** True while a chunk is read: what it brings about is flushed at its end. */
  isReading = false;

  /** `onTurnEnd` is told when there is something to flush, unless a chunk is read. */
  constructor(socket: Socket, onTurnEnd: () => void) {
    this.#socket = socket;
    this.#onTurnEnd = onTurnEnd;
  }

  /** Bytes that the kernel has not taken. */
  get queuedBytes(): number {
    return this.#size + this.#socket.writableLength;
  }

  /** A frame of any type, of at most 16 384 bytes: its payload with a prefix before it. */
  frame(
    type: number,
    flags: number,
    streamId: number,
    payload: Uint8Array = NOTHING,
    prefix: Uint8Array = NOTHING,
  ): void {
    const length = prefix.byteLength + payload.byteLength;
    const at = this.#reserve(FRAME_HEAD_BYTES + length);
    const buffer = this.#buffer;
    buffer[at] = length >> 16;
    buffer[at + 1] = length >> 8;
    buffer[at + 2] = length;
    buffer[at + 3] = type;
    buffer[at + 4] = flags;
    writeUint32(buffer, at + 5, streamId);
    if (prefix !== NOTHING) buffer.set(prefix, at + FRAME_HEAD_BYTES);
    if (payload !== NOTHING) buffer.set(payload, at + FRAME_HEAD_BYTES + prefix.byteLength);
  }

  windowUpdate(streamId: number, bytes: number): void {
    this.frame(FrameType.windowUpdate, 0, streamId, uint32(bytes));
  }

  rstStream(streamId: number, code: number): void {
    this.frame(FrameType.rstStream, 0, streamId, uint32(code));
  }

  goaway(lastStreamId: number, code: number): void {
    this.frame(FrameType.goaway, 0, 0, Buffer.concat([uint32(lastStreamId), uint32(code)]));
  }

  /** Writes what there is. */
  flush(): void {
    if (this.#size === 0) return;
    const buffer = this.#buffer;
    const { writable } = this.#socket;
    if (writable) this.#socket.write(buffer.subarray(0, this.#size));
    this.#size = 0;
    this.#buffer = NOTHING;
    // Where the kernel took it at once the buffer is free again.
    if ((!writable || this.#socket.writableLength === 0) && spare.length < MAX_SPARE) spare.push(buffer);
  }

  #reserve(bytes: number): number {
    if (this.#size + bytes > this.#buffer.byteLength) {
      this.flush();
      this.#buffer = spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    }
    this.#schedule();
    const at = this.#size;
    this.#size += bytes;
    return at;
  }

  /** Answers that come later than their call leave with the others of the same turn. */
  #schedule(): void {
    if (this.isReading || this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#onTurnEnd();
    });
  }
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(UINT32_BYTES);
  writeUint32(bytes, 0, value);
  return bytes;
}

function writeUint32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
