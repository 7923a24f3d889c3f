import { Allowance } from './allowance.ts';
import type { HeaderBlock } from './header-blocks.ts';
import { HpackDecoder } from './hpack/index.ts';
import { H2_LIMITS } from './limits.ts';
import type { Output } from './output.ts';
import { ErrorCode, Flag, FrameType } from './protocol.ts';
import { RequestHead, TrailerCheck } from './request-head.ts';
import { Sender } from './sender.ts';
import { type Receiver, Stream, type StreamOwner } from './stream.ts';
import { StreamTable } from './stream-table.ts';

/** Takes a request whose headers are right; gives who gets the rest of it. Must not throw. */
export type Accept = (stream: Stream, head: RequestHead) => Receiver;

export interface StreamsOptions {
  readonly output: Output;
  readonly accept: Accept;
  readonly maxConcurrentStreams: number;
  /** A request was taken. */
  readonly onCall: () => void;
  readonly onIdle: () => void;
}

/** This side's table of header fields is empty for ever, which must be said before the first block. (RFC 7541, 4.2) */
const NO_TABLE = Buffer.of(0x20);

/** The streams of a connection and their states. (RFC 9113, 5.1) */
export class Streams implements StreamOwner {
  readonly #options: StreamsOptions;
  readonly #output: Output;
  readonly #table = new StreamTable();
  readonly #decoder = new HpackDecoder(H2_LIMITS.maxHeaderListBytes);
  readonly #sender: Sender;
  readonly #resets = new Allowance(H2_LIMITS.resets, performance.now());
  #hasSentBlock = false;
  /** Streams that are over while their handlers still work. */
  #abandoned = 0;
  /** The peer has given up, or has had us give up, more than it may. */
  isTooMuch = false;
  /** New streams are passed over: the peer was told that nobody looks at them. */
  isFinal = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#output = options.output;
    this.#sender = new Sender(options.output, (stream) => this.#onSent(stream));
  }

  get lastId(): number {
    return this.#table.lastId;
  }

  get count(): number {
    return this.#table.size;
  }

  /** Bytes of answers that wait for a window. */
  get waitingBytes(): number {
    return this.#sender.waitingBytes;
  }

  /** A header block came; it is decoded whatever becomes of it, for later ones build on it. */
  onBlock(block: HeaderBlock): ErrorCode {
    const { streamId } = block;
    if ((streamId & 1) === 0) return ErrorCode.protocolError;
    const stream = this.#table.get(streamId);
    if (stream === undefined && streamId > this.#table.lastId) return this.#openStream(block);
    const check = new TrailerCheck();
    const decoded = this.#decoder.decode(block.bytes, block.start, block.end, check);
    if (decoded === 'broken') return ErrorCode.compressionError;
    if (stream === undefined) return this.#onLateBlock(streamId);
    if (!stream.isRemoteOpen) this.reset(stream, ErrorCode.streamClosed);
    else if (decoded === 'too_large') this.reset(stream, ErrorCode.enhanceYourCalm);
    else if (!block.isEnd || !check.isValid) this.reset(stream, ErrorCode.protocolError);
    else this.#onRemoteEnd(stream);
    return ErrorCode.noError;
  }

  onData(streamId: number, data: Buffer, counted: number, isEnd: boolean): void {
    const stream = this.#table.get(streamId);
    if (stream === undefined || !stream.isRemoteOpen) {
      this.refuse(streamId, ErrorCode.streamClosed);
      return;
    }
    if (!stream.receiveWindow.take(counted)) {
      this.reset(stream, ErrorCode.flowControlError);
      return;
    }
    if (stream.bodyLeft !== -1) {
      stream.bodyLeft -= data.byteLength;
      if (stream.bodyLeft < 0) {
        this.reset(stream, ErrorCode.protocolError);
        return;
      }
    }
    if (data.byteLength > 0) stream.receiver?.onData(data);
    if (stream.isClosed) return;
    if (isEnd) this.#onRemoteEnd(stream);
    else {
      const more = stream.receiveWindow.giveBack();
      if (more > 0) this.#output.windowUpdate(streamId, more);
    }
  }

  /** The peer gives a stream up. */
  onReset(streamId: number): ErrorCode {
    const stream = this.#table.get(streamId);
    if (stream === undefined) return ErrorCode.noError;
    this.#close(stream, false);
    this.#blame();
    return ErrorCode.noError;
  }

  onWindowUpdate(streamId: number, bytes: number): ErrorCode {
    if (streamId === 0) return bytes === 0 ? ErrorCode.protocolError : this.#sender.widen(bytes);
    if (streamId > this.#table.lastId) return ErrorCode.protocolError;
    const stream = this.#table.get(streamId);
    if (stream === undefined) return ErrorCode.noError;
    const code = bytes === 0 ? ErrorCode.protocolError : this.#sender.widenStream(stream, bytes);
    if (code !== ErrorCode.noError) this.reset(stream, code);
    return ErrorCode.noError;
  }

  changeInitialWindow(bytes: number): ErrorCode {
    return this.#sender.changeInitialWindow(bytes, this.#table.all());
  }

  /** Tells the peer of an error of a stream, open or not; nothing where this side has ended it before. */
  refuse(streamId: number, code: ErrorCode): void {
    const stream = this.#table.get(streamId);
    if (stream !== undefined) this.reset(stream, code);
    else if (this.#table.pastOf(streamId) !== 'reset') {
      this.#blame();
      this.#output.rstStream(streamId, code);
    }
  }

  /** Ends all streams, without a word: the connection is gone. */
  closeAll(): void {
    for (const stream of this.#table.all()) this.#close(stream, true);
  }

  sendHeaders(stream: Stream, block: Uint8Array, isEnd: boolean): void {
    const whole = this.#hasSentBlock ? block : Buffer.concat([NO_TABLE, block]);
    this.#hasSentBlock = true;
    const flags = isEnd ? Flag.endHeaders | Flag.endStream : Flag.endHeaders;
    this.#output.frame(FrameType.headers, flags, stream.id, whole);
    if (isEnd) this.#onSent(stream);
  }

  send(stream: Stream, bytes: Uint8Array | undefined, prefix: Uint8Array | undefined): void {
    this.#sender.send(stream, bytes, prefix);
  }

  reset(stream: Stream, code: ErrorCode): void {
    if (code !== ErrorCode.noError && code !== ErrorCode.cancel) this.#blame();
    this.#output.rstStream(stream.id, code);
    this.#close(stream, true);
  }

  forget(): void {
    this.#abandoned -= 1;
  }

  #openStream(block: HeaderBlock): ErrorCode {
    const { streamId, isEnd } = block;
    const head = new RequestHead();
    const decoded = this.#decoder.decode(block.bytes, block.start, block.end, head);
    if (decoded === 'broken') return ErrorCode.compressionError;
    if (this.isFinal) return ErrorCode.noError;
    this.#table.lastId = streamId;
    const code = this.#objection(block, decoded === 'ok' && head.isValid, decoded === 'too_large');
    if (code !== ErrorCode.noError) {
      // Whoever has not read our settings yet may well have sent too many.
      if (code !== ErrorCode.refusedStream) this.#blame();
      this.#output.rstStream(streamId, code);
      this.#table.remove(streamId, true);
      return ErrorCode.noError;
    }
    const stream = new Stream(streamId, this, this.#sender.initialWindow);
    stream.bodyLeft = head.contentLength;
    stream.isRemoteOpen = !isEnd;
    this.#table.add(stream);
    this.#options.onCall();
    stream.receiver = this.#options.accept(stream, head);
    if (stream.isClosed) stream.receiver.onClose();
    else if (isEnd) this.#onRemoteEnd(stream);
    return ErrorCode.noError;
  }

  #objection({ isSelfDependent }: HeaderBlock, isValid: boolean, isTooLarge: boolean): ErrorCode {
    if (isTooLarge) return ErrorCode.enhanceYourCalm;
    if (isSelfDependent || !isValid) return ErrorCode.protocolError;
    const isFull = this.#table.size >= this.#options.maxConcurrentStreams;
    return isFull ? ErrorCode.refusedStream : ErrorCode.noError;
  }

  /** Counts a call that came to nothing, whoever says so: a mistake makes this side reset a stream too. (CVE-2025-8671) */
  #blame(): void {
    if (!this.#resets.take(performance.now())) this.isTooMuch = true;
  }

  /** Headers of a stream that is over: trailers that crossed its reset on the way, or an error. */
  #onLateBlock(streamId: number): ErrorCode {
    switch (this.#table.pastOf(streamId)) {
      case 'reset':
        return ErrorCode.noError;
      case 'ended':
        return ErrorCode.streamClosed;
      case 'unused':
        return ErrorCode.protocolError;
    }
  }

  #onRemoteEnd(stream: Stream): void {
    if (stream.bodyLeft > 0) {
      this.reset(stream, ErrorCode.protocolError);
      return;
    }
    stream.isRemoteOpen = false;
    stream.receiver?.onEnd();
  }

  /** Whoever still sends is told to stop, and no stream is held open by what is never finished. (RFC 9113, 8.1) */
  #onSent(stream: Stream): void {
    if (stream.isRemoteOpen) this.reset(stream, ErrorCode.noError);
    else this.#close(stream, false);
  }

  #close(stream: Stream, wasReset: boolean): void {
    stream.isClosed = true;
    this.#sender.drop(stream);
    this.#table.remove(stream.id, wasReset);
    if (stream.isHeld) this.#abandoned += 1;
    if (this.#abandoned > this.#options.maxConcurrentStreams) this.isTooMuch = true;
    stream.receiver?.onClose();
    if (this.#table.size === 0) this.#options.onIdle();
  }
}
