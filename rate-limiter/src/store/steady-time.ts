/** Milliseconds, of which an earlier one never comes after a later one. */
export interface SteadyTime {
  passTo(nowMs: number): void;
  nowMs(): number;
  /** That of the wall clock until it is set back, and goes on from there: nothing that was forgotten comes back. */
  steadyMs(): number;
  toSteady(wallMs: number): number;
  toWall(steadyMs: number): number;
}

/** Begins with the first moment that it is told. */
export function createSteadyTime(): SteadyTime {
  let lastMs: number | undefined;
  /** Steady minus wall. */
  let aheadMs = 0;
  return {
    passTo: (nowMs) => {
      if (lastMs !== undefined && nowMs < lastMs) aheadMs += lastMs - nowMs;
      lastMs = nowMs;
    },
    nowMs: () => lastMs ?? 0,
    steadyMs: () => (lastMs ?? 0) + aheadMs,
    toSteady: (wallMs) => wallMs + aheadMs,
    toWall: (steadyMs) => steadyMs - aheadMs,
  };
}
