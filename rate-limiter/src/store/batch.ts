import type { Take, Taken } from './types.ts';

/** Sends takes to a store; never rejects. */
type Send = (takes: readonly Take[]) => Promise<Taken>;

interface Waiting {
  readonly takes: readonly Take[];
  readonly resolve: (taken: Taken) => void;
}

/**
 * Puts the calls of one turn of the event loop together, so that requests that were read from the sockets
 * together share a round trip. A call alone waits for nothing: the turn ends as soon as it is read.
 * A batch grows up to `maxTakes`; a single call may be larger.
 */
export function batchByTurn(send: Send, maxTakes: number): Send {
  let waiting: Waiting[] = [];
  let size = 0;
  const flush = (): void => {
    const batch = waiting;
    waiting = [];
    size = 0;
    if (batch.length > 0) void sendBatch(send, batch);
  };
  return (takes) =>
    new Promise((resolve) => {
      if (size + takes.length > maxTakes) flush();
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ takes, resolve });
      size += takes.length;
    });
}

async function sendBatch(send: Send, batch: readonly Waiting[]): Promise<void> {
  const taken = await send(batch.flatMap(({ takes }) => takes));
  let from = 0;
  for (const { takes, resolve } of batch) {
    resolve(
      taken.kind === 'down'
        ? taken
        : { kind: 'counted', counts: taken.counts.slice(from, from + takes.length) },
    );
    from += takes.length;
  }
}
