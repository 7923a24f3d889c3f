import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';

/**
 * What the work gives, or `late` when a timer of so many milliseconds, started now, ends first.
 *
 * A machine that stops the process for a while holds up the timers of the work as well, and the earlier one still
 * runs first; and what came over sockets meanwhile is read before the work is called late. So no load makes a
 * promise that is kept look broken.
 */
export async function inTime<T>(work: Promise<T> | T, limitMs: number): Promise<T | 'late'> {
  const ended = new AbortController();
  const { signal } = ended;
  const late = async () => {
    await pause(limitMs, undefined, { signal });
    await turn();
    return 'late' as const;
  };
  try {
    return await Promise.race([work, late().catch(() => 'late' as const)]);
  } finally {
    ended.abort();
  }
}
