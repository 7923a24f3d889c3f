/** How fast new streams are let in. */
export interface AdmissionOptions {
  /** Streams a second once the burst is used up. */
  readonly ratePerSecond: number;
  /** Streams let in at once. */
  readonly burst: number;
  /** Longest wait; a stream that would wait longer is refused and comes back by itself. */
  readonly maxWaitMs: number;
}

/**
 * A token bucket for new streams: thousands of proxies that reconnect together are served one after
 * another, each well before its own 15 s timeout, instead of all at once and all late.
 */
export interface Admission {
  /** How long a stream that asks now waits, or undefined when it is refused. */
  admit(nowMs: number): number | undefined;
}

/** A full bucket: the first `burst` streams do not wait. */
export function createAdmission({ ratePerSecond, burst, maxWaitMs }: AdmissionOptions): Admission {
  const intervalMs = 1_000 / ratePerSecond;
  // The time at which the bucket is full again; each stream moves it by one interval (GCRA).
  let fullAtMs = Number.NEGATIVE_INFINITY;
  return {
    admit: (nowMs) => {
      const base = Math.max(fullAtMs, nowMs);
      const waitMs = Math.max(0, base - nowMs - (burst - 1) * intervalMs);
      if (waitMs > maxWaitMs) return undefined;
      fullAtMs = base + intervalMs;
      return waitMs;
    },
  };
}
