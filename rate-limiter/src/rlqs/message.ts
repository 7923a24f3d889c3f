import { create } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  BucketIdSchema,
  type RateLimitQuotaResponse,
  type RateLimitQuotaResponse_BucketAction,
  RateLimitQuotaResponse_BucketActionSchema,
  RateLimitQuotaResponseSchema,
  type RateLimitQuotaUsageReports,
  RateLimitStrategy_BlanketRule,
} from '@paymesh/common/envoy-rlqs';

import type { Assignment } from './assignment.ts';
import type { QuotaAction, QuotaUsage } from './types.ts';

/** Reads what a proxy tells. `time_elapsed` is left out: it is cut to whole seconds and 0 in the first report. */
export function readReport({ bucketQuotaUsages }: RateLimitQuotaUsageReports): readonly QuotaUsage[] {
  return bucketQuotaUsages.map(({ bucketId, numRequestsAllowed, numRequestsDenied }) => ({
    id: bucketId?.bucket ?? {},
    hits: Number(numRequestsAllowed) + Number(numRequestsDenied),
  }));
}

/** One message with these actions. */
export function buildResponse(actions: readonly QuotaAction[]): RateLimitQuotaResponse {
  return create(RateLimitQuotaResponseSchema, { bucketAction: actions.map(buildAction) });
}

function buildAction({ id, what, ttlSeconds }: QuotaAction): RateLimitQuotaResponse_BucketAction {
  const bucketId = create(BucketIdSchema, { bucket: id });
  if (what.kind === 'abandon') {
    return create(RateLimitQuotaResponse_BucketActionSchema, {
      bucketId,
      bucketAction: { case: 'abandonAction', value: {} },
    });
  }
  return create(RateLimitQuotaResponse_BucketActionSchema, {
    bucketId,
    bucketAction: {
      case: 'quotaAssignmentAction',
      // Without a time Envoy takes the assignment for expired at once.
      value: {
        assignmentTimeToLive: durationFromMs(ttlSeconds * 1_000),
        rateLimitStrategy: { strategy: strategyOf(what) },
      },
    },
  });
}

function strategyOf(assignment: Assignment) {
  const { ALLOW_ALL, DENY_ALL } = RateLimitStrategy_BlanketRule;
  switch (assignment.kind) {
    case 'allow':
      return { case: 'blanketRule', value: ALLOW_ALL } as const;
    case 'deny':
      return { case: 'blanketRule', value: DENY_ALL } as const;
    case 'bucket': {
      const { maxTokens, tokensPerFill, fillSeconds } = assignment;
      const value = { maxTokens, tokensPerFill, fillInterval: durationFromMs(fillSeconds * 1_000) };
      return { case: 'tokenBucket', value } as const;
    }
  }
}
