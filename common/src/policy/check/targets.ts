import type { TargetedKind } from './policy-set.ts';

/** The kinds that have targetRefs. */
export const targetedKinds = [
  'SigningPolicy',
  'AccessPolicy',
  'RateLimitPolicy',
  'RetryPolicy',
  'TimeoutPolicy',
  'CircuitBreakerPolicy',
  'FailoverPolicy',
] as const satisfies readonly TargetedKind[];
