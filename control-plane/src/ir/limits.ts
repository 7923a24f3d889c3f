/** Limits of one route that a proxy keeps by itself: each is a filter of its own in the chain of a listener. */
export const MOST_QUOTAS = 4;
