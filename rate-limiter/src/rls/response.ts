import { create } from '@bufbuild/protobuf';
import {
  HeaderValueSchema,
  type RateLimitResponse,
  RateLimitResponse_Code,
  type RateLimitResponse_DescriptorStatus,
  RateLimitResponse_DescriptorStatusSchema,
  RateLimitResponse_RateLimit_Unit,
  RateLimitResponse_RateLimitSchema,
  RateLimitResponseSchema,
} from '@paymesh/common/envoy-ratelimit';
import type { RateUnit } from '@paymesh/common/policy';

import { type Header, limitHeaders } from '../headers/index.ts';
import type { Decision, DescriptorStatus } from '../limiter/index.ts';
import type { Allowance, HeaderStyle } from '../match/index.ts';
import { responseMetadata } from './response-metadata.ts';

const UNITS: Readonly<Record<RateUnit, RateLimitResponse_RateLimit_Unit>> = {
  second: RateLimitResponse_RateLimit_Unit.SECOND,
  minute: RateLimitResponse_RateLimit_Unit.MINUTE,
  hour: RateLimitResponse_RateLimit_Unit.HOUR,
  day: RateLimitResponse_RateLimit_Unit.DAY,
  week: RateLimitResponse_RateLimit_Unit.WEEK,
  month: RateLimitResponse_RateLimit_Unit.MONTH,
  year: RateLimitResponse_RateLimit_Unit.YEAR,
};

export const MAX_UINT32 = 4_294_967_295;

export type Decided = Extract<Decision, { kind: 'decided' }>;

/**
 * Every answer of this service is built here, so that overall_code is always set:
 * Envoy lets a request with overall_code UNKNOWN (0) pass, even with failure_mode_deny.
 * `headers` is the style of rules that name none.
 */
export function buildResponse(decision: Decided, headers: HeaderStyle = 'none'): RateLimitResponse {
  const metadata = responseMetadata(decision);
  return create(RateLimitResponseSchema, {
    overallCode: codeOf(decision.isOver),
    statuses: decision.statuses.map(buildStatus),
    responseHeadersToAdd: headersOf(decision, headers).map(([key, value]) =>
      create(HeaderValueSchema, { key, value }),
    ),
    ...(metadata !== undefined && { dynamicMetadata: metadata }),
  });
}

function buildStatus({ isOver, remaining, limit }: DescriptorStatus): RateLimitResponse_DescriptorStatus {
  const status = create(RateLimitResponse_DescriptorStatusSchema, {
    code: codeOf(isOver),
    limitRemaining: Math.min(remaining, MAX_UINT32),
  });
  if (limit === undefined) return status;
  status.currentLimit = create(RateLimitResponse_RateLimitSchema, {
    name: limit.name,
    requestsPerUnit: Math.min(limit.requests, MAX_UINT32),
    unit: unitOf(limit.allowance),
  });
  status.durationUntilReset = {
    $typeName: 'google.protobuf.Duration',
    seconds: BigInt(limit.resetSeconds),
    nanos: 0,
  };
  return status;
}

/** The message knows units and no multiples of them; for what has no unit it stays UNKNOWN, and Envoy shows no window. */
export function unitOf(allowance: Allowance): RateLimitResponse_RateLimit_Unit {
  if (allowance.kind !== 'rate' || allowance.period.every !== 1)
    return RateLimitResponse_RateLimit_Unit.UNKNOWN;
  return UNITS[allowance.period.unit];
}

export function codeOf(isOver: boolean): RateLimitResponse_Code {
  return isOver ? RateLimitResponse_Code.OVER_LIMIT : RateLimitResponse_Code.OK;
}

/** Where Envoy's enable_retry_after_header is on too, the client still gets one line: the service's wins. */
export function headersOf({ statuses, retryAfterSeconds }: Decided, style: HeaderStyle): readonly Header[] {
  const headers = limitHeaders(statuses, style);
  if (retryAfterSeconds === undefined) return headers;
  return [...headers, ['retry-after', String(retryAfterSeconds)]];
}
