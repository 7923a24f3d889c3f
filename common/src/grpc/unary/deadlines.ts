import type { ServerHttp2Stream } from 'node:http2';

/** How late a deadline may be noticed. */
const RESOLUTION_MS = 10;

/** Calls that must end by a time. One timer for all of them: one each would cost more than a whole check may. */
export interface Deadlines {
  /** The call must be over in so many milliseconds, unless its deadline is deleted before. */
  add(stream: ServerHttp2Stream, timeoutMs: number): Deadline;
  delete(deadline: Deadline): void;
}

export interface Deadline {
  /** On the monotonic clock, in milliseconds. */
  readonly atMs: number;
  readonly stream: ServerHttp2Stream;
}

/** Deadlines on the monotonic clock; the timer runs only while there are any. Calls that ended are forgotten by it. */
export function createDeadlines(onOver: (stream: ServerHttp2Stream) => void): Deadlines {
  const waiting = new Set<Deadline>();
  let isLooking = false;

  function look(): void {
    const nowMs = performance.now();
    for (const deadline of waiting) {
      const { atMs, stream } = deadline;
      if (atMs > nowMs && !stream.destroyed) continue;
      waiting.delete(deadline);
      if (!stream.destroyed) onOver(stream);
    }
    isLooking = false;
    lookLater();
  }

  function lookLater(): void {
    if (isLooking || waiting.size === 0) return;
    isLooking = true;
    setTimeout(look, RESOLUTION_MS);
  }

  return {
    add: (stream, timeoutMs) => {
      const deadline = { atMs: performance.now() + timeoutMs, stream };
      waiting.add(deadline);
      lookLater();
      return deadline;
    },
    delete: (deadline) => void waiting.delete(deadline),
  };
}
