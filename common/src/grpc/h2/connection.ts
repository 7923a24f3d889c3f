import type { Socket } from 'node:net';

import { FrameCutter } from './frame-cutter.ts';
import { H2_LIMITS } from './limits.ts';
import { Output } from './output.ts';
import { ErrorCode, FrameType, MAX_STREAM_ID } from './protocol.ts';
import { Session } from './session.ts';
import type { Accept } from './streams.ts';

export interface ConnectionOptions {
  readonly accept: Accept;
  readonly maxConcurrentStreams: number;
  /** A silent connection is pinged so often, in milliseconds. */
  readonly keepaliveMs: number;
  /** It is given up when the ping is not answered in so many. */
  readonly keepaliveTimeoutMs: number;
  /** It must have begun by then. */
  readonly prefaceTimeoutMs: number;
}

const PING = Buffer.alloc(8, 'paymesh ');
/** How long a peer may take to answer the ping between the two GOAWAYs, in milliseconds. */
const GOODBYE_MS = 1_000;

/** One socket that speaks HTTP/2, from its first to its last byte. */
export class Connection {
  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #output: Output;
  readonly #session: Session;
  readonly #cutter = new FrameCutter((frame) => {
    // A whole frame: who sends it byte by byte is as good as silent.
    this.#isAlive = true;
    return this.#session.onFrame(frame);
  });
  readonly #timers = new Set<NodeJS.Timeout>();
  #state: 'open' | 'leaving' | 'final' | 'closed' = 'open';
  #isAlive = true;

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#output = new Output(socket, () => this.#endTurn());
    this.#session = new Session({
      ...options,
      output: this.#output,
      onPong: () => this.#onPong(),
      onIdle: () => this.#endIfFinal(),
    });
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('drain', () => this.#onDrain());
    // The 'close' that follows does all there is to do.
    socket.on('error', () => undefined);
    socket.once('close', () => this.#onClose());
    this.#session.open();
    this.#output.flush();
    this.#after(options.prefaceTimeoutMs, () => {
      if (!this.#cutter.hasPreface) this.cut();
      else this.#watch();
    });
  }

  /**
   * Ends when the calls under way are answered. The first GOAWAY only asks for no new calls; those that crossed it on
   * the way are still taken, until the answer to a ping shows that none is left. (RFC 9113, 6.8)
   */
  finish(): void {
    if (this.#state !== 'open') return;
    this.#state = 'leaving';
    this.#output.goaway(MAX_STREAM_ID, ErrorCode.noError);
    this.#output.frame(FrameType.ping, 0, 0, PING);
    this.#output.flush();
    this.#after(GOODBYE_MS, () => this.#sayLast());
  }

  /** Ends now. */
  cut(): void {
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    const output = this.#output;
    output.isReading = true;
    const code = this.#cutter.push(chunk);
    output.isReading = false;
    if (code !== ErrorCode.noError) {
      this.#fail(code);
      return;
    }
    this.#endTurn();
  }

  /** Sends what a turn brought, and holds back a peer that does not take it. */
  #endTurn(): void {
    const output = this.#output;
    output.flush();
    if (this.#state === 'closed') return;
    if (output.queuedBytes > H2_LIMITS.pauseAtBytes) this.#socket.pause();
    if (output.queuedBytes + this.#session.streams.waitingBytes > H2_LIMITS.maxQueuedBytes) this.cut();
  }

  #onDrain(): void {
    this.#isAlive = true;
    this.#socket.resume();
  }

  #onPong(): void {
    this.#isAlive = true;
    if (this.#state === 'leaving') this.#sayLast();
  }

  #sayLast(): void {
    if (this.#state !== 'leaving') return;
    this.#state = 'final';
    const { streams } = this.#session;
    streams.isFinal = true;
    this.#output.goaway(streams.lastId, ErrorCode.noError);
    this.#endIfFinal();
  }

  #endIfFinal(): void {
    if (this.#state === 'final' && this.#session.streams.count === 0) this.#end();
  }

  /** An error of the peer: it is told, and all its calls are over. */
  #fail(code: ErrorCode): void {
    this.#output.goaway(this.#session.streams.lastId, code);
    this.#end();
    this.#session.streams.closeAll();
  }

  /** Says the last, then waits a little for the peer to read it: closing at once could take it back. */
  #end(): void {
    this.#state = 'closed';
    this.#output.flush();
    this.#socket.end();
    this.#socket.resume();
    this.#after(H2_LIMITS.lingerMs, () => this.cut());
  }

  /** Looks again and again whether anything was heard; asks when not. */
  #watch(): void {
    this.#isAlive = false;
    this.#after(this.#options.keepaliveMs, () => {
      if (this.#isAlive) {
        this.#watch();
        return;
      }
      this.#output.frame(FrameType.ping, 0, 0, PING);
      this.#output.flush();
      this.#after(this.#options.keepaliveTimeoutMs, () => {
        if (this.#isAlive) this.#watch();
        else this.cut();
      });
    });
  }

  #after(ms: number, then: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      then();
    }, ms);
    this.#timers.add(timer);
  }

  #onClose(): void {
    this.#state = 'closed';
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#session.streams.closeAll();
  }
}
