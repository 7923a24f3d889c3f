import type { LoadConnection } from './connection.ts';
import { STREAMS } from './load-spec.ts';

/** Told of the answer to each message. */
export type OnAnswer = (answer: Buffer, index: number) => void;

/** Sends messages as fast as they are answered, so many at once on each connection; gives the seconds it took. */
export function sendAll(
  connections: readonly LoadConnection[],
  messages: readonly Buffer[],
  onAnswer: OnAnswer,
): Promise<number> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    let next = 0;
    let answered = 0;
    const sendNext = (connection: LoadConnection): void => {
      const index = next;
      const message = messages[index];
      if (message === undefined) return;
      next += 1;
      connection.send(message, (answer) => {
        onAnswer(answer, index);
        answered += 1;
        if (answered === messages.length) resolve((performance.now() - startMs) / 1_000);
        else sendNext(connection);
      });
    };
    for (const connection of connections) {
      for (let stream = 0; stream < STREAMS; stream += 1) sendNext(connection);
    }
  });
}

/**
 * Sends messages at a constant rate, whatever comes back, and gives the milliseconds that each took from when it
 * was due. The loop never sleeps: a timer is late by as much as is measured here.
 */
export function sendPaced(
  connections: readonly LoadConnection[],
  messages: readonly Buffer[],
  perSecond: number,
  onAnswer: OnAnswer,
): Promise<readonly number[]> {
  return new Promise((resolve) => {
    const startMs = performance.now();
    const tookMs: number[] = [];
    let next = 0;
    const turn = (): void => {
      for (;;) {
        const index = next;
        const dueMs = startMs + (index * 1_000) / perSecond;
        const message = messages[index];
        const connection = connections[index % connections.length];
        if (message === undefined || connection === undefined) return;
        if (dueMs > performance.now()) break;
        next += 1;
        connection.send(message, (answer) => {
          onAnswer(answer, index);
          tookMs.push(performance.now() - dueMs);
          if (tookMs.length === messages.length) resolve(tookMs);
        });
      }
      setImmediate(turn);
    };
    turn();
  });
}
