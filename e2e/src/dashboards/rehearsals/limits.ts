/** Longest until Prometheus has seen something, on a machine that does other things too, in milliseconds. */
export const SEEN_WITHIN_MS = 120_000;
