/** How much a stream is asked for. */
export interface Demand {
  /** Undefined until the second report: the first tells of one request and no time. */
  readonly perSecond: number | undefined;
  /** When it was last told, in Unix milliseconds. */
  readonly atMs: number;
}

/** A change is believed for the most part after so long, in milliseconds. */
const SMOOTHING_MS = 10_000;

/** Two reports are taken to be at least so far apart, in milliseconds. */
const LEAST_GAP_MS = 250;

/** Less than this is none: one request in about three hours. */
const NONE_PER_SECOND = 0.000_1;

/**
 * Takes a report of `hits` requests, passed or refused, since the last one. Time is ours: Envoy cuts what it tells to whole
 * seconds, which is off by up to a fifth.
 */
export function nextDemand({ perSecond, atMs }: Demand, hits: number, nowMs: number): Demand {
  const gapMs = Math.max(LEAST_GAP_MS, nowMs - atMs);
  const seen = (hits * 1_000) / gapMs;
  if (perSecond === undefined) return { perSecond: seen, atMs: nowMs };
  const smoothed = seen + (perSecond - seen) * Math.exp(-gapMs / SMOOTHING_MS);
  return { perSecond: smoothed < NONE_PER_SECOND ? 0 : smoothed, atMs: nowMs };
}

/** In requests in a period; one that is not known yet is taken to be as that of the others. */
export function demandsIn(periodMs: number, demands: readonly Demand[]): readonly number[] {
  const known = demands.flatMap(({ perSecond }) => perSecond ?? []);
  const usual = known.length === 0 ? 0 : known.reduce((sum, one) => sum + one, 0) / known.length;
  return demands.map(({ perSecond = usual }) => (perSecond * periodMs) / 1_000);
}
