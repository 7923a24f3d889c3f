import { createRegistry, type Registry } from '@bufbuild/protobuf';
import { BoolValueSchema, EmptySchema, StringValueSchema, StructSchema } from '@bufbuild/protobuf/wkt';

import { ClusterSchema } from './gen/envoy/config/cluster/v3/cluster_pb.ts';
import { ClusterLoadAssignmentSchema } from './gen/envoy/config/endpoint/v3/endpoint_pb.ts';
import { ListenerSchema } from './gen/envoy/config/listener/v3/listener_pb.ts';
import { FilterConfigSchema } from './gen/envoy/config/route/v3/route_components_pb.ts';
import { RouteConfigurationSchema } from './gen/envoy/config/route/v3/route_pb.ts';
import { ScopedRouteConfigurationSchema } from './gen/envoy/config/route/v3/scoped_route_pb.ts';
import { OpenTelemetryConfigSchema } from './gen/envoy/config/trace/v3/opentelemetry_pb.ts';
import { FileAccessLogSchema } from './gen/envoy/extensions/access_loggers/file/v3/file_pb.ts';
import { StdoutAccessLogSchema } from './gen/envoy/extensions/access_loggers/stream/v3/stream_pb.ts';
import {
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
} from './gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.ts';
import {
  HeaderMutationSchema as HeaderMutationFilterSchema,
  HeaderMutationPerRouteSchema,
} from './gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.ts';
import { HealthCheckSchema as HealthCheckFilterSchema } from './gen/envoy/extensions/filters/http/health_check/v3/health_check_pb.ts';
import {
  JwtAuthenticationSchema,
  PerRouteConfigSchema as JwtPerRouteSchema,
} from './gen/envoy/extensions/filters/http/jwt_authn/v3/config_pb.ts';
import { LocalRateLimitSchema } from './gen/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.ts';
import {
  RateLimitQuotaBucketSettingsSchema,
  RateLimitQuotaFilterConfigSchema,
} from './gen/envoy/extensions/filters/http/rate_limit_quota/v3/rate_limit_quota_pb.ts';
import {
  RateLimitSchema as RateLimitFilterSchema,
  RateLimitPerRouteSchema,
} from './gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.ts';
import {
  RBACSchema as RbacFilterSchema,
  RBACPerRouteSchema as RbacPerRouteSchema,
} from './gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.ts';
import { RouterSchema } from './gen/envoy/extensions/filters/http/router/v3/router_pb.ts';
import { HttpConnectionManagerSchema } from './gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts';
import { HeaderMutationSchema as EarlyHeaderMutationSchema } from './gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.ts';
import { PreviousHostsPredicateSchema } from './gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.ts';
import { PreviousPrioritiesConfigSchema } from './gen/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.ts';
import {
  ClusterActionSchema,
  MatcherClusterSpecifierSchema,
} from './gen/envoy/extensions/router/cluster_specifiers/matcher/v3/matcher_pb.ts';
import { SecretSchema } from './gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts';
import {
  DownstreamTlsContextSchema,
  UpstreamTlsContextSchema,
} from './gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts';
import { HttpProtocolOptionsSchema } from './gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts';
import {
  HttpRequestHeaderMatchInputSchema,
  HttpRequestQueryParamMatchInputSchema,
} from './gen/envoy/type/matcher/v3/http_inputs_pb.ts';

/** Every message that Paymesh puts into a google.protobuf.Any: to print one as JSON, and to look inside it. */
export const envoyRegistry: Registry = createRegistry(
  // resources
  ClusterSchema,
  ClusterLoadAssignmentSchema,
  ListenerSchema,
  RouteConfigurationSchema,
  ScopedRouteConfigurationSchema,
  SecretSchema,
  // network and HTTP filters, and their settings on a route
  HttpConnectionManagerSchema,
  OpenTelemetryConfigSchema,
  ExtAuthzSchema,
  ExtAuthzPerRouteSchema,
  FilterConfigSchema,
  HeaderMutationFilterSchema,
  HeaderMutationPerRouteSchema,
  HealthCheckFilterSchema,
  JwtAuthenticationSchema,
  JwtPerRouteSchema,
  LocalRateLimitSchema,
  RateLimitFilterSchema,
  RateLimitPerRouteSchema,
  RateLimitQuotaBucketSettingsSchema,
  RateLimitQuotaFilterConfigSchema,
  RbacFilterSchema,
  RbacPerRouteSchema,
  RouterSchema,
  // other extensions
  ClusterActionSchema,
  DownstreamTlsContextSchema,
  EarlyHeaderMutationSchema,
  FileAccessLogSchema,
  StdoutAccessLogSchema,
  HttpProtocolOptionsSchema,
  HttpRequestHeaderMatchInputSchema,
  HttpRequestQueryParamMatchInputSchema,
  MatcherClusterSpecifierSchema,
  PreviousHostsPredicateSchema,
  PreviousPrioritiesConfigSchema,
  UpstreamTlsContextSchema,
  // well-known
  BoolValueSchema,
  EmptySchema,
  StringValueSchema,
  StructSchema,
);
