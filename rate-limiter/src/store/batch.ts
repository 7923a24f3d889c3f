import type { Take, Taken } from './types.ts';

/** Calls that go to a store together; each keeps its own takes. Never rejects; gives one answer, or its promise, for each. */
type Send = (calls: readonly Call[]) => Promise<readonly (Taken | Promise<Taken>)[]>;

/** The takes of one request, and the time that it has. */
export interface Call {
  readonly takes: readonly Take[];
  readonly nowMs: number;
}

interface Waiting {
  readonly call: Call;
  readonly resolve: (taken: Taken | Promise<Taken>) => void;
}

/**
 * Puts the calls of one turn of the event loop together, so that requests that were read from the sockets
 * together share a round trip. A call alone waits for nothing: the turn ends as soon as it is read.
 * A batch grows up to `maxTakes`; a single call may be larger.
 */
export function batchByTurn(send: Send, maxTakes: number): (call: Call) => Promise<Taken> {
  let waiting: Waiting[] = [];
  let size = 0;
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    size = 0;
    if (batch.length > 0) void sendBatch(send, batch);
  };
  return (call) =>
    new Promise((resolve) => {
      if (size + call.takes.length > maxTakes) flush();
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ call, resolve });
      size += call.takes.length;
    });
}

async function sendBatch(send: Send, batch: readonly Waiting[]): Promise<void> {
  const answers = await send(batch.map(({ call }) => call));
  for (const [index, { resolve }] of batch.entries()) {
    resolve(answers[index] ?? { kind: 'down', reason: 'no answer' });
  }
}
