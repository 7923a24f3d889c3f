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
}

/**
 * Deadlines on the monotonic clock; the timer runs only while there are any. Nearly all calls are answered in the turn
 * that they came in: only those that were not are written down, and passed over when they are over. No Map: where entries
 * come and go all the time its outgrown tables keep those of long ago from being collected.
 */
export function createDeadlines(): Deadlines {
  /** Of this turn; the list is used again. */
  const fresh: (Timed | undefined)[] = [];
  let count = 0;
  let waiting: Waiting[] = [];
  let isLooking = false;

  function writeDown(): void {
    const nowMs = performance.now();
    for (let index = 0; index < count; index += 1) {
      const call = fresh[index];
      fresh[index] = undefined;
      if (call?.isTimed === true) waiting.push({ call, atMs: nowMs + call.timeoutMs });
    }
    count = 0;
    lookLater();
  }

  function look(): void {
    const nowMs = performance.now();
    const looked = waiting;
    waiting = [];
    for (const one of looked) {
      if (!one.call.isTimed) continue;
      if (one.atMs > nowMs) waiting.push(one);
      else one.call.expire();
    }
    isLooking = false;
    lookLater();
  }

  function lookLater(): void {
    if (isLooking || waiting.length === 0) return;
    isLooking = true;
    setTimeout(look, RESOLUTION_MS);
  }

  return {
    add: (call) => {
      if (count === 0) setImmediate(writeDown);
      fresh[count] = call;
      count += 1;
    },
  };
}

interface Waiting {
  readonly call: Timed;
  /** By when, in milliseconds. */
  readonly atMs: number;
}
