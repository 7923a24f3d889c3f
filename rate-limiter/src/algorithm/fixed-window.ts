/**
 * Counters stop here instead of overflowing. Below 2^53, near which ioredis reads integers wrongly, and
 * far above any limit (32 bits).
 */
export const MAX_COUNT = 2 ** 50;

/** Share of a limit from which on a count is called near. */
const NEAR_RATIO = 0.8;

/** What a count means under a limit. */
export interface Verdict {
  readonly isOver: boolean;
  /** Not over, and above four fifths of the limit. */
  readonly isNear: boolean;
  /** Requests left in the window; 0 when over. */
  readonly remaining: number;
}

/**
 * The state of a fixed window is one number, kept per counter and window, so the step and the verdict
 * are two functions: rules with different limits (an override in the request) may share a counter.
 *
 * Adds hits, or gives them back when negative; stays within 0 and MAX_COUNT.
 */
export function addHits(count: number, hits: number): number {
  return Math.min(MAX_COUNT, Math.max(0, count + hits));
}

/** Judges the count after the hits were added: a limit of 5 lets the fifth request pass, not the sixth. */
export function judge(count: number, limit: number): Verdict {
  const isOver = count > limit;
  return {
    isOver,
    isNear: !isOver && count > Math.floor(limit * NEAR_RATIO),
    remaining: isOver ? 0 : limit - count,
  };
}
