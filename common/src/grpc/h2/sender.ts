import type { Output } from './output.ts';
import {
  ErrorCode,
  Flag,
  FrameType,
  INITIAL_WINDOW_BYTES,
  MAX_FRAME_BYTES,
  MAX_WINDOW_BYTES,
} from './protocol.ts';
import type { Stream } from './stream.ts';

const LAST_BLOCK = Flag.endHeaders | Flag.endStream;

/** Sends bodies within the windows of the peer. (RFC 9113, 6.9) */
export class Sender {
  readonly #output: Output;
  readonly #onSent: (stream: Stream) => void;
  readonly #waiting = new Set<Stream>();
  #window = INITIAL_WINDOW_BYTES;
  /** Bytes that wait for a window. */
  waitingBytes = 0;
  /** Of a new stream. */
  initialWindow = INITIAL_WINDOW_BYTES;

  /** `onSent`: all of an answer is on its way. */
  constructor(output: Output, onSent: (stream: Stream) => void) {
    this.#output = output;
    this.#onSent = onSent;
  }

  /** Sends what a stream has and these bytes, as far as it may. */
  send(stream: Stream, bytes?: Uint8Array, prefix?: Uint8Array): void {
    const before = stream.waitingBytes;
    const hasBytes = bytes !== undefined && bytes.byteLength + (prefix?.byteLength ?? 0) > 0;
    if (hasBytes && !this.#sendAtOnce(stream, bytes, prefix)) queue(stream, bytes, prefix);
    this.#sendData(stream);
    this.waitingBytes += stream.waitingBytes - before;
    if (stream.waitingBytes > 0) {
      this.#waiting.add(stream);
      return;
    }
    if (before > 0) this.#waiting.delete(stream);
    if (stream.trailers === undefined) return;
    this.#output.frame(FrameType.headers, LAST_BLOCK, stream.id, stream.trailers);
    this.#onSent(stream);
  }

  /** Forgets a stream that is over. */
  drop(stream: Stream): void {
    if (!this.#waiting.delete(stream)) return;
    this.waitingBytes -= stream.waitingBytes;
    stream.queued = undefined;
  }

  /** The peer takes more on the connection. */
  widen(bytes: number): ErrorCode {
    if (this.#window + bytes > MAX_WINDOW_BYTES) return ErrorCode.flowControlError;
    this.#window += bytes;
    for (const stream of this.#waiting) {
      if (this.#window === 0) break;
      if (stream.sendWindow > 0) this.send(stream);
    }
    return ErrorCode.noError;
  }

  /** The peer takes more on a stream. */
  widenStream(stream: Stream, bytes: number): ErrorCode {
    if (stream.sendWindow + bytes > MAX_WINDOW_BYTES) return ErrorCode.flowControlError;
    stream.sendWindow += bytes;
    if (stream.waitingBytes > 0) this.send(stream);
    return ErrorCode.noError;
  }

  /** A new first window changes that of all streams, maybe to below nothing. (RFC 9113, 6.9.2) */
  changeInitialWindow(bytes: number, streams: readonly Stream[]): ErrorCode {
    const change = bytes - this.initialWindow;
    this.initialWindow = bytes;
    for (const stream of streams) {
      const code = this.widenStream(stream, change);
      if (code !== ErrorCode.noError) return code;
    }
    return ErrorCode.noError;
  }

  /** Nearly always all fits into one frame, and is copied once. */
  #sendAtOnce(stream: Stream, bytes: Uint8Array, prefix: Uint8Array | undefined): boolean {
    const size = bytes.byteLength + (prefix?.byteLength ?? 0);
    if (stream.waitingBytes > 0 || size > Math.min(this.#window, stream.sendWindow, MAX_FRAME_BYTES))
      return false;
    this.#output.frame(FrameType.data, 0, stream.id, bytes, prefix);
    this.#window -= size;
    stream.sendWindow -= size;
    return true;
  }

  #sendData(stream: Stream): void {
    const { id, queued } = stream;
    if (queued === undefined) return;
    while (stream.waitingBytes > 0) {
      const size = Math.min(stream.waitingBytes, this.#window, stream.sendWindow, MAX_FRAME_BYTES);
      if (size <= 0) return;
      const from = queued.byteLength - stream.waitingBytes;
      this.#output.frame(FrameType.data, 0, id, queued.subarray(from, from + size));
      this.#window -= size;
      stream.sendWindow -= size;
      stream.waitingBytes -= size;
    }
    stream.queued = undefined;
  }
}

function queue(stream: Stream, bytes: Uint8Array, prefix: Uint8Array | undefined): void {
  const { queued, waitingBytes } = stream;
  const pieces = queued === undefined ? [] : [queued.subarray(queued.byteLength - waitingBytes)];
  if (prefix !== undefined) pieces.push(prefix);
  // One alone is not copied.
  stream.queued = pieces.length === 0 ? bytes : Buffer.concat([...pieces, bytes]);
  stream.waitingBytes += bytes.byteLength + (prefix?.byteLength ?? 0);
}
