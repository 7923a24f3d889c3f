import { Allowance } from './allowance.ts';
import type { Frame } from './frame.ts';
import { readUint31 } from './frame-cutter.ts';
import { HeaderBlocks } from './header-blocks.ts';
import { H2_LIMITS } from './limits.ts';
import type { Output } from './output.ts';
import { unpadded } from './padding.ts';
import { ErrorCode, Flag, FrameType, INITIAL_WINDOW_BYTES } from './protocol.ts';
import { ReceiveWindow } from './receive-window.ts';
import { ownSettings, readSettings } from './settings.ts';
import { type Accept, Streams } from './streams.ts';

export interface SessionOptions {
  readonly output: Output;
  readonly accept: Accept;
  readonly maxConcurrentStreams: number;
  /** The peer has answered a ping. */
  readonly onPong: () => void;
  /** No stream is open any more. */
  readonly onIdle: () => void;
}

const PING_BYTES = 8;
const PRIORITY_BYTES = 5;
const UINT32_BYTES = 4;
const GOAWAY_BYTES = 8;
const NO_DATA = Buffer.alloc(0);

/** One connection as RFC 9113 sees it: frames in, frames out. It knows no socket and no time but that of its allowance. */
export class Session {
  readonly streams: Streams;
  readonly #output: Output;
  readonly #options: SessionOptions;
  readonly #blocks = new HeaderBlocks((block) => this.streams.onBlock(block));
  readonly #window = new ReceiveWindow(H2_LIMITS.connectionWindowBytes);
  readonly #idleFrames = new Allowance(H2_LIMITS.idleFrames, performance.now());
  #hasSettings = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#output = options.output;
    this.streams = new Streams({
      ...options,
      onCall: () => this.#idleFrames.earn(H2_LIMITS.idleFramesPerCall),
    });
  }

  /** Sends what a server begins with. */
  open(): void {
    this.#output.frame(FrameType.settings, 0, 0, ownSettings(this.#options.maxConcurrentStreams));
    this.#output.windowUpdate(0, H2_LIMITS.connectionWindowBytes - INITIAL_WINDOW_BYTES);
  }

  /** Takes a frame; anything but `noError` ends the connection. */
  onFrame(frame: Frame): ErrorCode {
    const code = this.#take(frame);
    return code === ErrorCode.noError && this.streams.isTooMuch ? ErrorCode.enhanceYourCalm : code;
  }

  #take(frame: Frame): ErrorCode {
    const { type, streamId } = frame;
    if (!this.#hasSettings) {
      if (type !== FrameType.settings || (frame.flags & Flag.ack) !== 0) return ErrorCode.protocolError;
      this.#hasSettings = true;
    }
    if (this.#blocks.openStreamId !== 0 && type !== FrameType.continuation) return ErrorCode.protocolError;
    if (type === FrameType.headers)
      return streamId === 0 ? ErrorCode.protocolError : this.#blocks.onHeaders(frame);
    if (type === FrameType.data) return this.#onData(frame);
    if (type === FrameType.continuation) return this.#blocks.onContinuation(frame);
    if (type === FrameType.rstStream) return this.#onReset(frame);
    return this.#isCalm() ? this.#onIdleFrame(frame) : ErrorCode.enhanceYourCalm;
  }

  #onData(frame: Frame): ErrorCode {
    const { streamId, flags, bytes } = frame;
    if (streamId === 0 || streamId > this.streams.lastId) return ErrorCode.protocolError;
    const content = unpadded(frame);
    if (content === undefined) return ErrorCode.protocolError;
    // Padding counts. (RFC 9113, 6.9.1)
    const counted = frame.end - frame.start;
    if (!this.#window.take(counted)) return ErrorCode.flowControlError;
    const more = this.#window.giveBack();
    if (more > 0) this.#output.windowUpdate(0, more);
    const isEnd = (flags & Flag.endStream) !== 0;
    const isEmpty = content.start === content.end;
    if (isEmpty && !isEnd && !this.#isCalm()) return ErrorCode.enhanceYourCalm;
    const data = isEmpty ? NO_DATA : bytes.subarray(content.start, content.end);
    this.streams.onData(streamId, data, counted, isEnd);
    return ErrorCode.noError;
  }

  #onReset({ streamId, start, end }: Frame): ErrorCode {
    if (streamId === 0 || streamId > this.streams.lastId) return ErrorCode.protocolError;
    if (end - start !== UINT32_BYTES) return ErrorCode.frameSizeError;
    return this.streams.onReset(streamId);
  }

  /** Frames that bring no call on. */
  #onIdleFrame(frame: Frame): ErrorCode {
    switch (frame.type) {
      case FrameType.windowUpdate:
        return this.#onWindowUpdate(frame);
      case FrameType.settings:
        return this.#onSettings(frame);
      case FrameType.ping:
        return this.#onPing(frame);
      case FrameType.priority:
        return this.#onPriority(frame);
      case FrameType.goaway:
        // The peer opens no more streams; it closes the connection when it has its answers.
        return frame.streamId === 0 && frame.end - frame.start >= GOAWAY_BYTES
          ? ErrorCode.noError
          : ErrorCode.protocolError;
      case FrameType.pushPromise:
        return ErrorCode.protocolError;
      default:
        // (RFC 9113, 4.1)
        return ErrorCode.noError;
    }
  }

  #onWindowUpdate({ streamId, bytes, start, end }: Frame): ErrorCode {
    if (end - start !== UINT32_BYTES) return ErrorCode.frameSizeError;
    return this.streams.onWindowUpdate(streamId, readUint31(bytes, start));
  }

  #onSettings(frame: Frame): ErrorCode {
    if (frame.streamId !== 0) return ErrorCode.protocolError;
    if ((frame.flags & Flag.ack) !== 0) {
      return frame.start === frame.end ? ErrorCode.noError : ErrorCode.frameSizeError;
    }
    const settings = readSettings(frame);
    if (settings.kind === 'error') return settings.code;
    this.#output.frame(FrameType.settings, Flag.ack, 0);
    const { initialWindowBytes } = settings;
    return initialWindowBytes === undefined
      ? ErrorCode.noError
      : this.streams.changeInitialWindow(initialWindowBytes);
  }

  #onPing({ streamId, flags, bytes, start, end }: Frame): ErrorCode {
    if (streamId !== 0) return ErrorCode.protocolError;
    if (end - start !== PING_BYTES) return ErrorCode.frameSizeError;
    if ((flags & Flag.ack) !== 0) this.#options.onPong();
    else this.#output.frame(FrameType.ping, Flag.ack, 0, bytes.subarray(start, end));
    return ErrorCode.noError;
  }

  /** Ignored, but for what was an error of a stream in RFC 7540, 5.3.1 and 6.3. */
  #onPriority({ streamId, bytes, start, end }: Frame): ErrorCode {
    if (streamId === 0) return ErrorCode.protocolError;
    if (end - start !== PRIORITY_BYTES) this.streams.refuse(streamId, ErrorCode.frameSizeError);
    else if (readUint31(bytes, start) === streamId) this.streams.refuse(streamId, ErrorCode.protocolError);
    return ErrorCode.noError;
  }

  #isCalm(): boolean {
    return this.#idleFrames.take(performance.now());
  }
}
