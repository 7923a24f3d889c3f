import { create } from '@bufbuild/protobuf';
import { type CircuitBreakers, CircuitBreakersSchema, RoutingPriority } from '@paymesh/common/envoy';

import type { BreakerIr } from '../ir/index.ts';

/** Limits of concurrency. A retry budget is always set: without one Envoy drops every retry after the third at a time. */
export function circuitBreakers(breaker: BreakerIr): CircuitBreakers {
  return create(CircuitBreakersSchema, {
    thresholds: [
      {
        priority: RoutingPriority.DEFAULT,
        ...(breaker.maxConnections === undefined ? {} : { maxConnections: breaker.maxConnections }),
        ...(breaker.maxPending === undefined ? {} : { maxPendingRequests: breaker.maxPending }),
        ...(breaker.maxRequests === undefined ? {} : { maxRequests: breaker.maxRequests }),
        retryBudget: {
          budgetPercent: { value: breaker.retryBudgetPercent },
          minRetryConcurrency: breaker.retryMinConcurrency,
        },
        trackRemaining: true,
      },
    ],
  });
}
