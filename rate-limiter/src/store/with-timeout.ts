/**
 * Settles with the work, or rejects after `timeoutMs` of waiting. Where the timer itself comes late, this
 * process was too busy to read an answer that may have been there: the wait then starts anew, once. Sockets are
 * read after timers, so what has come by then is read first.
 */
export function withTimeout<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const giveUp = (): void => reject(new Error(`no answer within ${timeoutMs} ms`));
    let timer = setTimeout(() => {
      const isLate = performance.now() - startedMs > timeoutMs * LATE_RATIO;
      if (isLate) timer = setTimeout(giveUp, timeoutMs);
      else setImmediate(giveUp);
    }, timeoutMs);
    work.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/** A timer this much over its time was held up. */
const LATE_RATIO = 1.5;
