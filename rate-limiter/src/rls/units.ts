import type { RateUnit } from '@paymesh/common/policy';

/**
 * envoy.type.v3.RateLimitUnit to unit, by number: 7 is WEEK, newer than the generated types.
 * UNKNOWN (0) has none.
 */
export const UNITS: Readonly<Record<number, RateUnit>> = {
  1: 'second',
  2: 'minute',
  3: 'hour',
  4: 'day',
  5: 'month',
  6: 'year',
  7: 'week',
};
