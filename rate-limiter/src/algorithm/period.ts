import { type RateUnit, ratePeriodMs } from '@paymesh/common/policy';

/** A length of time as configuration names it: `every` units. */
export interface Period {
  readonly unit: RateUnit;
  /** A whole number from 1. */
  readonly every: number;
}

/** A window of time, in Unix milliseconds; the end is not part of it. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

/** The length of a period in milliseconds. */
export function periodMs(period: Period): number {
  return ratePeriodMs(period);
}

/** The window that holds a moment, aligned to the Unix epoch (so weeks start on Thursday 00:00 UTC). */
export function epochWindow(period: Period, nowMs: number): Window {
  const lengthMs = periodMs(period);
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
