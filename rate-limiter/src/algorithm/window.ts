import type { RateUnit } from '@paymesh/common/policy';

const SECONDS: Readonly<Record<RateUnit, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
  week: 604_800,
  /** 30 days, as in envoyproxy/ratelimit. */
  month: 2_592_000,
  /** 365 days. */
  year: 31_536_000,
};

/** A fixed window of time, aligned to the Unix epoch (so weeks start on Thursday 00:00 UTC). */
export interface Window {
  readonly unit: RateUnit;
  readonly lengthMs: number;
  readonly startMs: number;
  /** Whole seconds until the next window: 1 to the length. */
  readonly resetSeconds: number;
}

/** The window of a unit that holds this moment. */
export function windowAt(unit: RateUnit, nowMs: number): Window {
  const length = SECONDS[unit];
  const now = Math.floor(nowMs / 1_000);
  const elapsed = ((now % length) + length) % length;
  return {
    unit,
    lengthMs: length * 1_000,
    startMs: (now - elapsed) * 1_000,
    resetSeconds: length - elapsed,
  };
}
