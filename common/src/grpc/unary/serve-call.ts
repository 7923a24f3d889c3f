import { ErrorCode, type Receiver, type RequestHead, type Stream } from '../h2/index.ts';
import { answer, answerMany, endWithHttpStatus, endWithStatus } from './answer.ts';
import { type CallHead, readCallHead } from './call-head.ts';
import type { Deadlines, Timed } from './deadlines.ts';
import type { Method, Reply, UnaryHandler, WatchHandler } from './method.ts';
import { type ReceiveLimits, Reception } from './receive.ts';
import { type CallStatus, Code } from './status.ts';

/** What all calls of a connection share. */
export interface CallContext extends ReceiveLimits {
  readonly methods: ReadonlyMap<string, Method>;
  readonly deadlines: Deadlines;
  /** The ends of answers that go on until somebody ends them. */
  readonly watches: Set<(status: CallStatus) => void>;
  /** Told what a handler threw. */
  readonly onError: (error: unknown) => void;
}

/** For a call that names no deadline: its message must be there and its answer taken by then. */
const DEFAULT_TIMEOUT_MS = 60_000;
const OVER: CallStatus = { code: Code.deadlineExceeded, details: 'the deadline has passed' };
const BROKEN: CallStatus = { code: Code.internal, details: 'the call failed' };
const REFUSED: Receiver = { onData: ignore, onEnd: ignore, onClose: ignore };

/** Reads one call and has it answered. Nothing that a caller sends makes it throw. */
export function serveCall(stream: Stream, head: RequestHead, context: CallContext): Receiver {
  const read = readCallHead(head, context.methods);
  if (read.kind === 'call') return new Call(stream, read, head, context);
  if (read.kind === 'not_grpc') endWithHttpStatus(stream, read.httpStatus);
  else endWithStatus(stream, read.status);
  return REFUSED;
}

type GoodHead = Extract<CallHead, { kind: 'call' }>;

/** A call from its headers to its end. */
class Call implements Receiver, Timed {
  readonly #stream: Stream;
  readonly #read: GoodHead;
  readonly #head: RequestHead;
  readonly #context: CallContext;
  readonly #reception: Reception;
  readonly timeoutMs: number;
  /** A watch without a deadline may go on for ever. */
  #isEndless = false;
  #closeWatch: (() => void) | undefined;

  constructor(stream: Stream, read: GoodHead, head: RequestHead, context: CallContext) {
    this.#stream = stream;
    this.#read = read;
    this.#head = head;
    this.#context = context;
    this.#reception = new Reception(context);
    this.timeoutMs = read.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    context.deadlines.add(this);
  }

  get isTimed(): boolean {
    return !this.#stream.isClosed && !this.#isEndless;
  }

  onData(bytes: Buffer): void {
    const received = this.#reception.add(bytes);
    if (received.kind === 'refused') endWithStatus(this.#stream, received.status);
  }

  onEnd(): void {
    const { method, timeoutMs } = this.#read;
    const received = this.#reception.end();
    if (received.kind === 'refused') endWithStatus(this.#stream, received.status);
    else if (method.kind === 'unary') this.#callUnary(method.handle, received.message);
    else {
      this.#isEndless = timeoutMs === undefined;
      this.#openWatch(method.open, received.message);
    }
  }

  onClose(): void {
    if (!this.#stream.isHeld) this.#reception.release();
    this.#closeWatch?.();
  }

  expire(): void {
    // Where it is answered the caller does not take it.
    if (this.#stream.hasHeaders) this.#stream.reset(ErrorCode.cancel);
    else endWithStatus(this.#stream, OVER);
  }

  #callUnary(handle: UnaryHandler, message: Buffer): void {
    try {
      const reply = handle(message, this.#head);
      if (reply instanceof Promise) this.#answerLate(reply);
      else this.#answer(reply);
    } catch (error) {
      this.#fail(error);
    }
  }

  #answerLate(reply: Promise<Reply>): void {
    const stream = this.#stream;
    stream.hold();
    reply
      .then((late) => this.#answer(late))
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        stream.release();
        // The handler had the bytes until now.
        if (stream.isClosed) this.#reception.release();
      });
  }

  #answer(reply: Reply): void {
    if (reply instanceof Uint8Array) answer(this.#stream, reply);
    else endWithStatus(this.#stream, reply);
  }

  #fail(error: unknown): void {
    this.#context.onError(error);
    endWithStatus(this.#stream, BROKEN);
  }

  #openWatch(open: WatchHandler, message: Buffer): void {
    const { watches } = this.#context;
    const { send, end } = answerMany(this.#stream);
    const close = open(message, send);
    watches.add(end);
    this.#closeWatch = () => {
      watches.delete(end);
      close();
    };
  }
}

function ignore(): void {
  // The caller was answered before it had sent all.
}
