import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';

import { answer, answerMany, endWithHttpStatus, endWithStatus, isOpen } from './answer.ts';
import { readCallHead } from './call-head.ts';
import type { Deadlines } from './deadlines.ts';
import type { Method, UnaryHandler, WatchHandler } from './method.ts';
import { type ReceiveLimits, receive } from './receive.ts';
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

/** Reads one call and has it answered. Nothing that a caller sends makes it throw. */
export function serveCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  context: CallContext,
): void {
  // What a caller does to its own stream ends that stream and nothing else.
  stream.on('error', ignore);
  const head = readCallHead(headers, context.methods);
  if (head.kind === 'not_grpc') {
    endWithHttpStatus(stream, head.httpStatus);
    return;
  }
  if (head.kind === 'refused') {
    endWithStatus(stream, head.status);
    return;
  }
  const { method, timeoutMs } = head;
  const deadline = context.deadlines.add(stream, timeoutMs ?? DEFAULT_TIMEOUT_MS);
  receive(stream, context, (received) => {
    if (received.kind === 'refused') endWithStatus(stream, received.status);
    else if (method.kind === 'unary') callUnary(stream, method.handle, received.message, context);
    else {
      if (timeoutMs === undefined) context.deadlines.delete(deadline);
      openWatch(stream, method.open, received.message, context);
    }
  });
}

function callUnary(
  stream: ServerHttp2Stream,
  handle: UnaryHandler,
  message: Buffer,
  { onError }: CallContext,
): void {
  const fail = (error: unknown) => {
    onError(error);
    answer(stream, BROKEN);
  };
  try {
    const reply = handle(message);
    if (reply instanceof Promise) reply.then((late) => answer(stream, late)).catch(fail);
    else answer(stream, reply);
  } catch (error) {
    fail(error);
  }
}

function openWatch(
  stream: ServerHttp2Stream,
  open: WatchHandler,
  message: Buffer,
  { watches }: CallContext,
): void {
  if (!isOpen(stream)) return;
  const { send, end } = answerMany(stream);
  const close = open(message, send);
  watches.add(end);
  stream.on('close', () => {
    watches.delete(end);
    close();
  });
}

/** Ends a call whose deadline has passed. */
export function cutCall(stream: ServerHttp2Stream): void {
  if (!stream.headersSent) endWithStatus(stream, OVER);
  // Answered, but the caller does not take it.
  else if (isOpen(stream)) stream.close(constants.NGHTTP2_CANCEL);
}

function ignore(): void {
  // The 'close' that follows does all there is to do.
}
