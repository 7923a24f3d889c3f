/** Bounds of the pause before another try, in milliseconds. */
const FIRST_MS = 1_000;
const LONGEST_MS = 15_000;
const SHORTEST_MS = 50;

/**
 * The pause before try number `attempt` (from 0), in milliseconds. Drawn from the whole of a range that doubles, so
 * that the limiters of a control plane that restarts do not come back at once. `random`: from 0 to 1.
 */
export function retryDelayMs(attempt: number, random: number): number {
  const rangeMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.max(SHORTEST_MS, Math.round(random * rangeMs));
}
