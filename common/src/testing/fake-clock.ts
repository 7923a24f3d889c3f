import type { Clock } from '../clock/index.ts';

export interface FakeClock extends Clock {
  /** Moves time by so many milliseconds; negative moves it back. */
  advance(ms: number): void;
}

/** A clock that stands still until a test moves it. Default start 2026-01-01T00:00:00Z. */
export function createFakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
