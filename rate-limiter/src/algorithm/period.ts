import type { RateUnit } from '@paymesh/common/policy';

const UNIT_MS: Readonly<Record<RateUnit, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  /** 30 days, as in envoyproxy/ratelimit. */
  month: 2_592_000_000,
  /** 365 days. */
  year: 31_536_000_000,
};

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
export function periodMs({ unit, every }: Period): number {
  return UNIT_MS[unit] * every;
}

/** The window that holds a moment, aligned to the Unix epoch (so weeks start on Thursday 00:00 UTC). */
export function epochWindow(period: Period, nowMs: number): Window {
  const lengthMs = periodMs(period);
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
