/** What may take too long. */
export interface Timed {
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** False once it is over, or may take for ever. */
  readonly isTimed: boolean;
  /** Its time is up. */
  expire(): void;
}

/** How late a deadline may be noticed. */
const RESOLUTION_MS = 10;

/** Calls that must end by a time. One timer for all of them: one each would cost more than a whole check may. */
export interface Deadlines {
  add(call: Timed): void;
  /** It is over. */
  delete(call: Timed): void;
}

/**
 * Deadlines on the monotonic clock; the timer runs only while there are any. Nearly all calls are answered in the turn
 * that they came in: only those that were not are written down.
 */
export function createDeadlines(): Deadlines {
  let fresh: Timed[] = [];
  /** By when, in milliseconds. */
  const waiting = new Map<Timed, number>();
  let isLooking = false;

  function writeDown(): void {
    const nowMs = performance.now();
    for (const call of fresh) if (call.isTimed) waiting.set(call, nowMs + call.timeoutMs);
    fresh = [];
    lookLater();
  }

  function look(): void {
    const nowMs = performance.now();
    for (const [call, atMs] of waiting) {
      if (atMs > nowMs && call.isTimed) continue;
      waiting.delete(call);
      if (call.isTimed) call.expire();
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
    add: (call) => {
      if (fresh.length === 0) setImmediate(writeDown);
      fresh.push(call);
    },
    delete: (call) => void waiting.delete(call),
  };
}
