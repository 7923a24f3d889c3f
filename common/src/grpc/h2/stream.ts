import { H2_LIMITS } from './limits.ts';
import type { ErrorCode } from './protocol.ts';
import { ReceiveWindow } from './receive-window.ts';

/** Gets what a peer sends on one stream, in order. */
export interface Receiver {
  /** Part of the body; the bytes stay valid. */
  onData(bytes: Buffer): void;
  /** The peer has sent all. */
  onEnd(): void;
  /** The stream is over, however that came about. Nothing follows. */
  onClose(): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  sendHeaders(stream: Stream, block: Uint8Array, isEnd: boolean): void;
  /** Sends what waits and then these bytes, as far as the windows allow. */
  send(stream: Stream, bytes: Uint8Array | undefined, prefix: Uint8Array | undefined): void;
  reset(stream: Stream, code: ErrorCode): void;
  /** The handler of a stream that was closed before is done. */
  forget(): void;
}

/** One request and its answer. Sending on a stream that is closed does nothing. */
export class Stream {
  readonly id: number;
  readonly #owner: StreamOwner;
  receiver: Receiver | undefined;
  isClosed = false;
  /** The peer has not ended its side. */
  isRemoteOpen = true;
  /** This side has begun to answer, */
  hasHeaders = false;
  /** or has ended it, though not all may be sent. */
  isEnding = false;
  /** A handler is at work for it. */
  isHeld = false;
  /** May become negative. (RFC 9113, 6.9.2) */
  sendWindow: number;
  readonly receiveWindow: ReceiveWindow;
  /** Bytes of the body that are still to come; -1: not declared. */
  bodyLeft = -1;
  /** Of what is to be sent the last `waitingBytes` are still here. */
  queued: Uint8Array | undefined;
  waitingBytes = 0;
  trailers: Uint8Array | undefined;

  constructor(id: number, owner: StreamOwner, sendWindow: number) {
    this.id = id;
    this.#owner = owner;
    this.sendWindow = sendWindow;
    this.receiveWindow = new ReceiveWindow(H2_LIMITS.streamWindowBytes);
  }

  /** Begins the answer with an encoded block; `isEnd`: that was all of it. */
  sendHeaders(block: Uint8Array, isEnd: boolean): void {
    if (this.isClosed || this.hasHeaders) return;
    this.hasHeaders = true;
    this.isEnding = isEnd;
    this.#owner.sendHeaders(this, block, isEnd);
  }

  /** Part of the body, with what goes before it. The bytes must not change until they are sent; the prefix may. */
  sendData(bytes: Uint8Array, prefix?: Uint8Array): void {
    if (!this.isClosed && !this.isEnding) this.#owner.send(this, bytes, prefix);
  }

  /** What ends the answer, after the last part of its body. */
  end(trailers: Uint8Array, bytes?: Uint8Array, prefix?: Uint8Array): void {
    if (this.isClosed || this.isEnding) return;
    this.isEnding = true;
    this.trailers = trailers;
    this.#owner.send(this, bytes, prefix);
  }

  /** Gives the stream up. */
  reset(code: ErrorCode): void {
    if (!this.isClosed) this.#owner.reset(this, code);
  }

  /** A handler works for the stream until `release`, also when it is closed before. */
  hold(): void {
    this.isHeld = !this.isClosed;
  }

  release(): void {
    if (this.isHeld && this.isClosed) this.#owner.forget();
    this.isHeld = false;
  }
}
