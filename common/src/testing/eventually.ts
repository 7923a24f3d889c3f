import { setTimeout as pause } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Longest wait, in milliseconds. Default 5 000. */
  readonly timeoutMs?: number;
  /** Pause between two tries, in milliseconds. Default 20. */
  readonly everyMs?: number;
}

/** Tries until the check neither throws nor rejects; gives its value, or its last error at the timeout. */
export async function eventually<T>(
  check: () => Promise<T> | T,
  { timeoutMs = 5_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await pause(everyMs);
  }
}
