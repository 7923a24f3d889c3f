// The rate limit service: only what a process that answers it must load.
export { type HeaderValue, HeaderValueSchema } from '../envoy/gen/envoy/config/core/v3/base_pb.ts';
export {
  type RateLimitDescriptor,
  type RateLimitDescriptor_Entry,
  RateLimitDescriptor_EntrySchema,
  type RateLimitDescriptor_RateLimitOverride,
  RateLimitDescriptor_RateLimitOverrideSchema,
  RateLimitDescriptorSchema,
} from '../envoy/gen/envoy/extensions/common/ratelimit/v3/ratelimit_pb.ts';
export {
  type RateLimitRequest,
  RateLimitRequestSchema,
  type RateLimitResponse,
  RateLimitResponse_Code,
  type RateLimitResponse_DescriptorStatus,
  RateLimitResponse_DescriptorStatusSchema,
  type RateLimitResponse_Quota,
  RateLimitResponse_QuotaSchema,
  type RateLimitResponse_RateLimit,
  RateLimitResponse_RateLimit_Unit,
  RateLimitResponse_RateLimitSchema,
  RateLimitResponseSchema,
  RateLimitService,
} from '../envoy/gen/envoy/service/ratelimit/v3/rls_pb.ts';
export { RateLimitUnit } from '../envoy/gen/envoy/type/v3/ratelimit_unit_pb.ts';
export { Code } from '../envoy/gen/google/rpc/code_pb.ts';
export { type Status, StatusSchema } from '../envoy/gen/google/rpc/status_pb.ts';
