import type { Clock } from '@paymesh/common/clock';

const MS_PER_SECOND = 1_000;

/** True for the first `maxPerSecond` calls of each second of the clock. */
export function createLineRate(clock: Clock, maxPerSecond: number): () => boolean {
  let second = 0;
  let lines = 0;
  return () => {
    const now = Math.floor(clock.now() / MS_PER_SECOND);
    if (now !== second) {
      second = now;
      lines = 0;
    }
    lines += 1;
    return lines <= maxPerSecond;
  };
}
