import type { Frame } from './frame.ts';
import { ErrorCode, FRAME_HEAD_BYTES, MAX_FRAME_BYTES, PREFACE } from './protocol.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Gets each frame; anything but `noError` is why the connection ends. */
export type OnFrame = (frame: Frame) => ErrorCode;

const NOTHING = Buffer.alloc(0);

/** Cuts what a socket gives into frames, after the preface. Only a frame that comes in pieces is copied. */
export class FrameCutter {
  readonly #onFrame: OnFrame;
  readonly #frame: Mutable<Frame> = { type: 0, flags: 0, streamId: 0, bytes: NOTHING, start: 0, end: 0 };
  #prefaceSeen = 0;
  /** The beginning of a frame: room for its head, then for all of it. */
  #partial = NOTHING;
  #have = 0;

  constructor(onFrame: OnFrame) {
    this.#onFrame = onFrame;
  }

  get hasPreface(): boolean {
    return this.#prefaceSeen === PREFACE.byteLength;
  }

  /** Takes the next bytes. The frames of one chunk are given at once, until one is an error. */
  push(chunk: Buffer): ErrorCode {
    let at = this.hasPreface ? 0 : this.#passPreface(chunk);
    if (at === -1) return ErrorCode.protocolError;
    while (this.#have > 0 && at < chunk.byteLength) {
      at += this.#fill(chunk, at);
      const code = this.#givePartial();
      if (code !== ErrorCode.noError) return code;
    }
    while (chunk.byteLength - at >= FRAME_HEAD_BYTES) {
      const size = FRAME_HEAD_BYTES + payloadBytes(chunk, at);
      if (size > FRAME_HEAD_BYTES + MAX_FRAME_BYTES) return ErrorCode.frameSizeError;
      if (size > chunk.byteLength - at) break;
      const code = this.#give(chunk, at, size);
      if (code !== ErrorCode.noError) return code;
      at += size;
    }
    if (at < chunk.byteLength) this.#begin(chunk, at);
    return ErrorCode.noError;
  }

  /** Gives where the frames begin; -1 where the preface is another. */
  #passPreface(chunk: Buffer): number {
    let at = 0;
    for (; !this.hasPreface && at < chunk.byteLength; at += 1, this.#prefaceSeen += 1) {
      if (chunk[at] !== PREFACE[this.#prefaceSeen]) return -1;
    }
    return at;
  }

  /** Keeps the beginning of a frame, which is not whole in this chunk. */
  #begin(chunk: Buffer, at: number): void {
    const isHeadWhole = chunk.byteLength - at >= FRAME_HEAD_BYTES;
    this.#partial = Buffer.allocUnsafe(FRAME_HEAD_BYTES + (isHeadWhole ? payloadBytes(chunk, at) : 0));
    this.#have = chunk.copy(this.#partial, 0, at);
  }

  #fill(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#partial, this.#have, at);
    this.#have += copied;
    return copied;
  }

  #givePartial(): ErrorCode {
    const partial = this.#partial;
    if (this.#have < partial.byteLength) return ErrorCode.noError;
    const size = FRAME_HEAD_BYTES + payloadBytes(partial, 0);
    if (size > FRAME_HEAD_BYTES + MAX_FRAME_BYTES) return ErrorCode.frameSizeError;
    if (size > partial.byteLength) {
      // Only the head was there.
      this.#partial = Buffer.allocUnsafe(size);
      partial.copy(this.#partial);
      return ErrorCode.noError;
    }
    this.#partial = NOTHING;
    this.#have = 0;
    return this.#give(partial, 0, size);
  }

  #give(bytes: Buffer, at: number, size: number): ErrorCode {
    const frame = this.#frame;
    frame.type = bytes[at + 3] ?? 0;
    frame.flags = bytes[at + 4] ?? 0;
    // The first bit means nothing. (RFC 9113, 4.1)
    frame.streamId = readUint31(bytes, at + 5);
    frame.bytes = bytes;
    frame.start = at + FRAME_HEAD_BYTES;
    frame.end = at + size;
    const code = this.#onFrame(frame);
    frame.bytes = NOTHING;
    return code;
  }
}

function payloadBytes(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** 31 bits, without the one before. */
export function readUint31(bytes: Buffer, at: number): number {
  return (
    (((bytes[at] ?? 0) & 0x7f) << 24) |
    ((bytes[at + 1] ?? 0) << 16) |
    ((bytes[at + 2] ?? 0) << 8) |
    (bytes[at + 3] ?? 0)
  );
}
