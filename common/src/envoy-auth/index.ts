// The external authorization service: only what a process that answers it must load.
export {
  type HeaderMap,
  HeaderMapSchema,
  type HeaderValue,
  type HeaderValueOption,
  HeaderValueOption_HeaderAppendAction,
  HeaderValueOptionSchema,
  HeaderValueSchema,
  type Metadata,
  MetadataSchema,
  RequestMethod,
} from '../envoy/gen/envoy/config/core/v3/base_pb.ts';
export {
  type AttributeContext,
  type AttributeContext_HttpRequest,
  AttributeContext_HttpRequestSchema,
  type AttributeContext_Peer,
  AttributeContext_PeerSchema,
  type AttributeContext_Request,
  AttributeContext_RequestSchema,
  type AttributeContext_TLSSession,
  AttributeContext_TLSSessionSchema,
  AttributeContextSchema,
} from '../envoy/gen/envoy/service/auth/v3/attribute_context_pb.ts';
export {
  Authorization,
  type CheckRequest,
  CheckRequestSchema,
  type CheckResponse,
  CheckResponseSchema,
  type DeniedHttpResponse,
  DeniedHttpResponseSchema,
  type OkHttpResponse,
  OkHttpResponseSchema,
} from '../envoy/gen/envoy/service/auth/v3/external_auth_pb.ts';
export { type HttpStatus, HttpStatusSchema, StatusCode } from '../envoy/gen/envoy/type/v3/http_status_pb.ts';
export { Code } from '../envoy/gen/google/rpc/code_pb.ts';
export { type Status, StatusSchema } from '../envoy/gen/google/rpc/status_pb.ts';
