import type { RetryCondition } from '@paymesh/common/policy';

/** The lowest level of every merge: what holds where no document says anything. */
export const BUILT_IN = {
  timeout: { requestMs: 5_000, connectMs: 500, idleMs: 30_000 },
  retry: {
    attempts: 1,
    retryOn: ['connect-failure', 'refused-stream', 'reset-before-request'],
    backoff: { baseMs: 10, maxMs: 100 },
    budget: { percent: 20, minConcurrency: 3 },
  },
  attemptsMax: 3,
  /** Generous: a breaker nobody asked for must not shed payments (Envoy's own default is 1024). */
  breaker: { connections: 8_192, pending: 8_192, requests: 8_192 },
  policyServiceTimeoutMs: { extAuthz: 300, rateLimiter: 50 },
} as const;

/** The conditions under which an upstream application cannot have seen the request (envoy-resilience 1). */
export const SAFE_CONDITIONS: readonly RetryCondition[] = BUILT_IN.retry.retryOn;

/** Name of the cluster of the program beside a sidecar. */
export const LOCAL_CLUSTER = 'local';

/** Name of the route that takes what no Route names. */
export const PASSTHROUGH = 'passthrough';
