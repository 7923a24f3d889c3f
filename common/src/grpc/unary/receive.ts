import type { ServerHttp2Stream } from 'node:http2';

import type { Budget } from './budget.ts';
import { type Collector, createCollector } from './collector.ts';
import { MORE_THAN_ONE, type Received, readFrame, refused } from './frame.ts';
import { Code } from './status.ts';

export interface ReceiveLimits {
  /** Largest message, in bytes. */
  readonly maxReceiveBytes: number;
  /** For messages that come in pieces, of all calls of one connection. */
  readonly budget: Budget;
}

type Complete = Exclude<Received, { kind: 'incomplete' }>;

const NOT_ONE = refused(Code.internal, 'the call ended without a whole message');

/** Gives the one message of a call once the caller has sent all, or why there is none as soon as that is clear. */
export function receive(
  stream: ServerHttp2Stream,
  { maxReceiveBytes, budget }: ReceiveLimits,
  done: (received: Complete) => void,
): void {
  let received: Received | undefined;
  let collector: Collector | undefined;

  const add = (chunk: Buffer): Received => {
    if (collector !== undefined) return collector.add(chunk);
    if (received !== undefined) return MORE_THAN_ONE;
    const first = readFrame(chunk, maxReceiveBytes);
    // Nearly always the message is whole in the first piece, and nothing is copied.
    if (first.kind !== 'incomplete') return first;
    const pieces = createCollector(maxReceiveBytes, budget);
    stream.on('close', () => pieces.release());
    collector = pieces;
    return pieces.add(chunk);
  };

  stream.on('data', (chunk: Buffer) => {
    if (received?.kind === 'refused') return;
    received = add(chunk);
    if (received.kind === 'refused') done(received);
  });
  stream.on('end', () => {
    if (received?.kind === 'message') done(received);
    else if (received?.kind !== 'refused') done(NOT_ONE);
  });
}
