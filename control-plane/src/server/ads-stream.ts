import type { NodeSnapshot, SnapshotStore } from '../snapshot/index.ts';
import type { AdsObserver } from './events.ts';
import { findNode } from './find-node.ts';
import { GRPC_STATUS, type StreamEnd } from './grpc-status.ts';
import type { Session } from './session.ts';

/** What the stream loop needs of a gRPC call; a grpc-js duplex call fits. */
export interface AdsCall<Request, Response> {
  on(event: 'data', listener: (request: Request) => void): unknown;
  on(event: 'end' | 'close' | 'cancelled', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  /** Ends the call with this status. */
  emit(event: 'error', end: StreamEnd): unknown;
  write(response: Response, flushed: (error?: Error | null) => void): boolean;
  end(): unknown;
}

/** The part of a request that every form of the protocol has. */
interface WithNode {
  readonly node?: { readonly id: string } | undefined;
}

export interface StreamOptions<Request, Response> {
  readonly call: AdsCall<Request, Response>;
  readonly stream: number;
  readonly store: SnapshotStore;
  readonly observe: AdsObserver;
  readonly createSession: (first: NodeSnapshot, nowMs: number) => Session<Request, Response>;
  /** Requests that come before this time has passed wait, for admission. */
  readonly waitMs: number;
  /** Milliseconds with fractions, never backwards. */
  readonly now: () => number;
  readonly writeDeadlineMs: number;
  /** Called once when the stream is over. */
  readonly onClosed: () => void;
}

export interface AdsStream {
  /** Ends the stream; the client connects again by itself. */
  end(): void;
}

/** Requests held while a stream waits for admission; an honest client sends one for each type. */
const MAX_WAITING_REQUESTS = 64;

/** Runs one stream until either side ends it. */
export function runStream<Request extends WithNode, Response>(
  options: StreamOptions<Request, Response>,
): AdsStream {
  const stream = new StreamLoop(options);
  stream.start();
  return { end: () => stream.finish() };
}

class StreamLoop<Request extends WithNode, Response> {
  readonly #options: StreamOptions<Request, Response>;
  #waiting: Request[] | undefined = [];
  #session: Session<Request, Response> | undefined;
  #node = '';
  #isClosed = false;
  #unsubscribe: () => void = () => undefined;
  #flushSoon: NodeJS.Immediate | undefined;
  #admission: NodeJS.Timeout | undefined;
  #wake: NodeJS.Timeout | undefined;
  #writeDeadline: NodeJS.Timeout | undefined;
  #unflushedWrites = 0;

  constructor(options: StreamOptions<Request, Response>) {
    this.#options = options;
  }

  start(): void {
    const { call, waitMs } = this.#options;
    call.on('data', (request) => this.#guard(() => this.#receive(request)));
    call.on('end', () => this.finish());
    call.on('close', () => this.#close());
    call.on('cancelled', () => this.#close());
    call.on('error', () => this.#close());
    if (waitMs > 0) this.#admission = setTimeout(() => this.#guard(() => this.#admit()), waitMs);
    else this.#waiting = undefined;
  }

  finish(): void {
    if (this.#isClosed) return;
    this.#close();
    this.#options.call.end();
  }

  /** A defect that one proxy brings out must not take the streams of all others down. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { observe, stream } = this.#options;
      observe({ kind: 'failed', stream, node: this.#node, error });
      this.#fail('internal', 'a defect of the control plane ended this stream');
    }
  }

  #admit(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const request of waiting) this.#receive(request);
  }

  #receive(request: Request): void {
    if (this.#isClosed) return;
    if (this.#waiting !== undefined) {
      this.#waiting.push(request);
      if (this.#waiting.length > MAX_WAITING_REQUESTS) this.#fail('resourceExhausted', 'too many requests');
      return;
    }
    const session = this.#session ?? this.#open(request);
    if (session === undefined) return;
    const id = request.node?.id;
    if (id !== undefined && id !== '' && id !== this.#node) {
      this.#fail('invalidArgument', `node.id changed from "${this.#node}" on the same stream`);
      return;
    }
    const refusal = session.request(request, this.#options.now());
    if (refusal !== undefined) {
      this.#fail('invalidArgument', refusal.error);
      return;
    }
    // Requests that arrive together, as after a reconnect, are answered together and in order.
    this.#flushSoon ??= setImmediate(() => this.#guard(() => this.#flush()));
  }

  #open(request: Request): Session<Request, Response> | undefined {
    const { store, stream, observe, now, createSession } = this.#options;
    const id = request.node?.id ?? '';
    const found = findNode(store, id);
    if (found.kind === 'refused') {
      this.#end(found.end);
      return undefined;
    }
    const session = createSession(found.snapshot, now());
    this.#session = session;
    this.#node = id;
    observe({ kind: 'open', stream, node: this.#node, atMs: now() });
    this.#unsubscribe = store.subscribe(this.#node, (snapshot) => {
      this.#guard(() => {
        session.retarget(snapshot, now());
        this.#flush();
      });
    });
    return session;
  }

  #flush(): void {
    clearImmediate(this.#flushSoon);
    clearTimeout(this.#wake);
    this.#flushSoon = undefined;
    if (this.#isClosed || this.#session === undefined) return;
    const { stream, observe, now } = this.#options;
    const { responses, events, wakeAtMs } = this.#session.flush(now());
    for (const response of responses) this.#write(response);
    for (const event of events) observe({ ...event, stream, node: this.#node });
    if (wakeAtMs !== undefined) {
      this.#wake = setTimeout(
        () => this.#guard(() => this.#flush()),
        Math.max(1, Math.ceil(wakeAtMs - now())),
      );
    }
  }

  /** Memory is bounded: one response of each type is out at a time, and a stuck client is cut off. */
  #write(response: Response): void {
    this.#unflushedWrites += 1;
    this.#writeDeadline ??= setTimeout(
      () => this.#fail('deadlineExceeded', 'the client does not read its stream'),
      this.#options.writeDeadlineMs,
    );
    this.#options.call.write(response, () => {
      this.#unflushedWrites -= 1;
      if (this.#unflushedWrites > 0) {
        this.#writeDeadline?.refresh();
        return;
      }
      clearTimeout(this.#writeDeadline);
      this.#writeDeadline = undefined;
    });
  }

  #fail(code: keyof typeof GRPC_STATUS, details: string): void {
    this.#end({ code: GRPC_STATUS[code], details });
  }

  #end(end: StreamEnd): void {
    if (this.#isClosed) return;
    this.#close();
    this.#options.call.emit('error', end);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unsubscribe();
    clearImmediate(this.#flushSoon);
    for (const timer of [this.#admission, this.#wake, this.#writeDeadline]) clearTimeout(timer);
    const { observe, stream, now, onClosed } = this.#options;
    onClosed();
    if (this.#session !== undefined) observe({ kind: 'close', stream, node: this.#node, atMs: now() });
  }
}
