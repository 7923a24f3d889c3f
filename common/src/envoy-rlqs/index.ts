// The rate limit quota service: only what a process that answers it must load.
export {
  BucketIdSchema,
  type RateLimitQuotaResponse,
  type RateLimitQuotaResponse_BucketAction,
  RateLimitQuotaResponse_BucketActionSchema,
  RateLimitQuotaResponseSchema,
  RateLimitQuotaService,
  type RateLimitQuotaUsageReports,
  RateLimitQuotaUsageReportsSchema,
} from '../envoy/gen/envoy/service/rate_limit_quota/v3/rlqs_pb.ts';
export { RateLimitStrategy_BlanketRule } from '../envoy/gen/envoy/type/v3/ratelimit_strategy_pb.ts';
export { Code } from '../envoy/gen/google/rpc/code_pb.ts';
