import type { Rate, RateUnit } from '../types.ts';

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

/** Longest time of a rate: a year. */
export const MAX_RATE_PERIOD_MS = UNIT_MS.year;

/** The time of a rate in milliseconds. */
export function ratePeriodMs({ unit, every }: Omit<Rate, 'requests'>): number {
  return UNIT_MS[unit] * every;
}
