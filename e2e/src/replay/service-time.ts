/** The checks that a service has decided so far, by its own histogram. */
export interface ServiceTime {
  readonly checks: number;
  /** Of them those decided within 20 ms: what is promised for an outage of Redis. */
  readonly inTime: number;
}

const COUNT = /^paymesh_authz_duration_seconds_count(?:\{[^}]*\})? (\d+)$/m;
const IN_TIME = /^paymesh_authz_duration_seconds_bucket\{(?:[^}]*,)?le="0\.02"[^}]*\} (\d+)$/m;

/** Reads them from an answer of `/metrics`. */
export function serviceTime(metrics: string): ServiceTime {
  return { checks: readingOf(metrics, COUNT), inTime: readingOf(metrics, IN_TIME) };
}

/** Share of the checks between two readings that were decided in time. */
export function shareInTime(before: ServiceTime, after: ServiceTime): number {
  return (after.inTime - before.inTime) / (after.checks - before.checks);
}

function readingOf(metrics: string, pattern: RegExp): number {
  const reading = pattern.exec(metrics)?.[1];
  if (reading === undefined) throw new Error(`the metrics have no ${pattern.source}`);
  return Number(reading);
}
