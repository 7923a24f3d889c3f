// The Envoy resources that the product builds, and the check of their proto rules.
// Names that clash between protos carry the name of their place: RouteRateLimit and
// RateLimitFilter, HealthCheck and HealthCheckFilter. The gRPC services have rooms of
// their own (envoy-auth, envoy-ratelimit, envoy-discovery): a process loads what it speaks.

export {
  type AccessLog,
  type AccessLogFilter,
  AccessLogFilterSchema,
  AccessLogSchema,
  type AndFilter,
  AndFilterSchema,
  type ComparisonFilter,
  ComparisonFilter_Op,
  ComparisonFilterSchema,
  type DurationFilter,
  DurationFilterSchema,
  type HeaderFilter,
  HeaderFilterSchema,
  type NotHealthCheckFilter,
  NotHealthCheckFilterSchema,
  type OrFilter,
  OrFilterSchema,
  type ResponseFlagFilter,
  ResponseFlagFilterSchema,
  type RuntimeFilter,
  RuntimeFilterSchema,
  type StatusCodeFilter,
  StatusCodeFilterSchema,
} from './gen/envoy/config/accesslog/v3/accesslog_pb.ts';
export {
  type CircuitBreakers,
  type CircuitBreakers_Thresholds,
  type CircuitBreakers_Thresholds_RetryBudget,
  CircuitBreakers_Thresholds_RetryBudgetSchema,
  CircuitBreakers_ThresholdsSchema,
  CircuitBreakersSchema,
} from './gen/envoy/config/cluster/v3/circuit_breaker_pb.ts';
export {
  type Cluster,
  type Cluster_CommonLbConfig,
  type Cluster_CommonLbConfig_LocalityWeightedLbConfig,
  Cluster_CommonLbConfig_LocalityWeightedLbConfigSchema,
  type Cluster_CommonLbConfig_ZoneAwareLbConfig,
  Cluster_CommonLbConfig_ZoneAwareLbConfigSchema,
  Cluster_CommonLbConfigSchema,
  Cluster_DiscoveryType,
  Cluster_DnsLookupFamily,
  type Cluster_EdsClusterConfig,
  Cluster_EdsClusterConfigSchema,
  Cluster_LbPolicy,
  type Cluster_LbSubsetConfig,
  Cluster_LbSubsetConfig_LbSubsetFallbackPolicy,
  type Cluster_LbSubsetConfig_LbSubsetSelector,
  Cluster_LbSubsetConfig_LbSubsetSelectorSchema,
  Cluster_LbSubsetConfigSchema,
  type Cluster_LeastRequestLbConfig,
  Cluster_LeastRequestLbConfigSchema,
  type Cluster_MaglevLbConfig,
  Cluster_MaglevLbConfigSchema,
  type Cluster_PreconnectPolicy,
  Cluster_PreconnectPolicySchema,
  type Cluster_RingHashLbConfig,
  Cluster_RingHashLbConfigSchema,
  type Cluster_RoundRobinLbConfig,
  Cluster_RoundRobinLbConfigSchema,
  type Cluster_SlowStartConfig,
  Cluster_SlowStartConfigSchema,
  type Cluster_TransportSocketMatch,
  Cluster_TransportSocketMatchSchema,
  ClusterSchema,
  type LoadBalancingPolicy,
  type LoadBalancingPolicy_Policy,
  LoadBalancingPolicy_PolicySchema,
  LoadBalancingPolicySchema,
  type TrackClusterStats,
  TrackClusterStatsSchema,
  type UpstreamConnectionOptions,
  UpstreamConnectionOptionsSchema,
} from './gen/envoy/config/cluster/v3/cluster_pb.ts';
export {
  type OutlierDetection,
  OutlierDetectionSchema,
} from './gen/envoy/config/cluster/v3/outlier_detection_pb.ts';
export {
  type HeaderMutation,
  type HeaderMutationRules,
  HeaderMutationRulesSchema,
  HeaderMutationSchema,
} from './gen/envoy/config/common/mutation_rules/v3/mutation_rules_pb.ts';
export {
  type Address,
  AddressSchema,
  type BindConfig,
  BindConfigSchema,
  type CidrRange,
  CidrRangeSchema,
  type EnvoyInternalAddress,
  EnvoyInternalAddressSchema,
  type Pipe,
  PipeSchema,
  type SocketAddress,
  SocketAddress_Protocol,
  SocketAddressSchema,
  type TcpKeepalive,
  TcpKeepaliveSchema,
} from './gen/envoy/config/core/v3/address_pb.ts';
export { type BackoffStrategy, BackoffStrategySchema } from './gen/envoy/config/core/v3/backoff_pb.ts';
export {
  type DataSource,
  DataSourceSchema,
  type HeaderMap,
  HeaderMapSchema,
  type HeaderValue,
  type HeaderValueOption,
  HeaderValueOption_HeaderAppendAction,
  HeaderValueOptionSchema,
  HeaderValueSchema,
  type Locality,
  LocalitySchema,
  type Metadata,
  MetadataSchema,
  type Node,
  NodeSchema,
  RequestMethod,
  RoutingPriority,
  type RuntimeFeatureFlag,
  RuntimeFeatureFlagSchema,
  type RuntimeFractionalPercent,
  RuntimeFractionalPercentSchema,
  type RuntimeUInt32,
  RuntimeUInt32Schema,
  TrafficDirection,
  type TransportSocket,
  TransportSocketSchema,
} from './gen/envoy/config/core/v3/base_pb.ts';
export {
  type AggregatedConfigSource,
  AggregatedConfigSourceSchema,
  type ApiConfigSource,
  ApiConfigSource_ApiType,
  ApiConfigSourceSchema,
  ApiVersion,
  type ConfigSource,
  ConfigSourceSchema,
  type ExtensionConfigSource,
  ExtensionConfigSourceSchema,
  type RateLimitSettings,
  RateLimitSettingsSchema,
} from './gen/envoy/config/core/v3/config_source_pb.ts';
export {
  type TypedExtensionConfig,
  TypedExtensionConfigSchema,
} from './gen/envoy/config/core/v3/extension_pb.ts';
export {
  type GrpcService,
  type GrpcService_EnvoyGrpc,
  GrpcService_EnvoyGrpcSchema,
  GrpcServiceSchema,
} from './gen/envoy/config/core/v3/grpc_service_pb.ts';
export {
  type HealthCheck,
  type HealthCheck_GrpcHealthCheck,
  HealthCheck_GrpcHealthCheckSchema,
  type HealthCheck_HttpHealthCheck,
  HealthCheck_HttpHealthCheckSchema,
  type HealthCheck_Payload,
  HealthCheck_PayloadSchema,
  type HealthCheck_TcpHealthCheck,
  HealthCheck_TcpHealthCheckSchema,
  HealthCheckSchema,
  HealthStatus,
  type HealthStatusSet,
  HealthStatusSetSchema,
} from './gen/envoy/config/core/v3/health_check_pb.ts';
export { type HttpUri, HttpUriSchema } from './gen/envoy/config/core/v3/http_uri_pb.ts';
export {
  type Http1ProtocolOptions,
  Http1ProtocolOptionsSchema,
  type Http2ProtocolOptions,
  Http2ProtocolOptionsSchema,
  type HttpProtocolOptions as CommonHttpProtocolOptions,
  HttpProtocolOptions_HeadersWithUnderscoresAction as HeadersWithUnderscoresAction,
  HttpProtocolOptionsSchema as CommonHttpProtocolOptionsSchema,
  type KeepaliveSettings,
  KeepaliveSettingsSchema,
  type SchemeHeaderTransformation,
  SchemeHeaderTransformationSchema,
  type UpstreamHttpProtocolOptions,
  UpstreamHttpProtocolOptionsSchema,
} from './gen/envoy/config/core/v3/protocol_pb.ts';
export {
  type JsonFormatOptions,
  JsonFormatOptionsSchema,
  type SubstitutionFormatString,
  SubstitutionFormatStringSchema,
} from './gen/envoy/config/core/v3/substitution_format_string_pb.ts';
export {
  type Endpoint,
  type Endpoint_HealthCheckConfig,
  Endpoint_HealthCheckConfigSchema,
  EndpointSchema,
  type LbEndpoint,
  LbEndpointSchema,
  type LocalityLbEndpoints,
  LocalityLbEndpointsSchema,
} from './gen/envoy/config/endpoint/v3/endpoint_components_pb.ts';
export {
  type ClusterLoadAssignment,
  type ClusterLoadAssignment_Policy,
  type ClusterLoadAssignment_Policy_DropOverload,
  ClusterLoadAssignment_Policy_DropOverloadSchema,
  ClusterLoadAssignment_PolicySchema,
  ClusterLoadAssignmentSchema,
} from './gen/envoy/config/endpoint/v3/endpoint_pb.ts';
export {
  type Filter,
  type FilterChain,
  type FilterChainMatch,
  FilterChainMatchSchema,
  FilterChainSchema,
  FilterSchema,
  type ListenerFilter,
  ListenerFilterSchema,
} from './gen/envoy/config/listener/v3/listener_components_pb.ts';
export {
  type Listener,
  type Listener_ConnectionBalanceConfig,
  Listener_ConnectionBalanceConfigSchema,
  Listener_DrainType,
  ListenerSchema,
} from './gen/envoy/config/listener/v3/listener_pb.ts';
export {
  type RateLimitServiceConfig,
  RateLimitServiceConfigSchema,
} from './gen/envoy/config/ratelimit/v3/rls_pb.ts';
export {
  type Permission,
  PermissionSchema,
  type Policy as RbacPolicy,
  PolicySchema as RbacPolicySchema,
  type Principal,
  PrincipalSchema,
  type RBAC as Rbac,
  RBAC_Action as Rbac_Action,
  RBACSchema as RbacSchema,
  type SourcedMetadata,
  SourcedMetadataSchema,
} from './gen/envoy/config/rbac/v3/rbac_pb.ts';
export {
  type ClusterSpecifierPlugin,
  ClusterSpecifierPluginSchema,
  type CorsPolicy,
  CorsPolicySchema,
  type Decorator,
  DecoratorSchema,
  type DirectResponseAction,
  DirectResponseActionSchema,
  type FilterConfig,
  FilterConfigSchema,
  type HeaderMatcher,
  HeaderMatcherSchema,
  type HedgePolicy,
  HedgePolicySchema,
  type NonForwardingAction,
  NonForwardingActionSchema,
  type QueryParameterMatcher,
  QueryParameterMatcherSchema,
  type RateLimit as RouteRateLimit,
  type RateLimit_Action as RouteRateLimit_Action,
  type RateLimit_Action_DestinationCluster as RouteRateLimit_Action_DestinationCluster,
  RateLimit_Action_DestinationClusterSchema as RouteRateLimit_Action_DestinationClusterSchema,
  type RateLimit_Action_GenericKey as RouteRateLimit_Action_GenericKey,
  RateLimit_Action_GenericKeySchema as RouteRateLimit_Action_GenericKeySchema,
  type RateLimit_Action_HeaderValueMatch as RouteRateLimit_Action_HeaderValueMatch,
  RateLimit_Action_HeaderValueMatchSchema as RouteRateLimit_Action_HeaderValueMatchSchema,
  type RateLimit_Action_MaskedRemoteAddress as RouteRateLimit_Action_MaskedRemoteAddress,
  RateLimit_Action_MaskedRemoteAddressSchema as RouteRateLimit_Action_MaskedRemoteAddressSchema,
  type RateLimit_Action_MetaData as RouteRateLimit_Action_MetaData,
  RateLimit_Action_MetaData_Source as RouteRateLimit_Action_MetaData_Source,
  RateLimit_Action_MetaDataSchema as RouteRateLimit_Action_MetaDataSchema,
  type RateLimit_Action_QueryParameterValueMatch as RouteRateLimit_Action_QueryParameterValueMatch,
  RateLimit_Action_QueryParameterValueMatchSchema as RouteRateLimit_Action_QueryParameterValueMatchSchema,
  type RateLimit_Action_RemoteAddress as RouteRateLimit_Action_RemoteAddress,
  RateLimit_Action_RemoteAddressSchema as RouteRateLimit_Action_RemoteAddressSchema,
  type RateLimit_Action_RequestHeaders as RouteRateLimit_Action_RequestHeaders,
  RateLimit_Action_RequestHeadersSchema as RouteRateLimit_Action_RequestHeadersSchema,
  type RateLimit_Action_SourceCluster as RouteRateLimit_Action_SourceCluster,
  RateLimit_Action_SourceClusterSchema as RouteRateLimit_Action_SourceClusterSchema,
  RateLimit_ActionSchema as RouteRateLimit_ActionSchema,
  type RateLimit_HitsAddend as RouteRateLimit_HitsAddend,
  RateLimit_HitsAddendSchema as RouteRateLimit_HitsAddendSchema,
  type RateLimit_Override as RouteRateLimit_Override,
  RateLimit_OverrideSchema as RouteRateLimit_OverrideSchema,
  RateLimitSchema as RouteRateLimitSchema,
  type RedirectAction,
  RedirectActionSchema,
  type RetryPolicy,
  type RetryPolicy_RateLimitedRetryBackOff,
  RetryPolicy_RateLimitedRetryBackOffSchema,
  type RetryPolicy_ResetHeader,
  RetryPolicy_ResetHeaderFormat,
  RetryPolicy_ResetHeaderSchema,
  type RetryPolicy_RetryBackOff,
  RetryPolicy_RetryBackOffSchema,
  type RetryPolicy_RetryHostPredicate,
  RetryPolicy_RetryHostPredicateSchema,
  type RetryPolicy_RetryPriority,
  RetryPolicy_RetryPrioritySchema,
  RetryPolicySchema,
  type Route,
  type RouteAction,
  RouteAction_ClusterNotFoundResponseCode,
  type RouteAction_HashPolicy,
  type RouteAction_HashPolicy_Header,
  RouteAction_HashPolicy_HeaderSchema,
  RouteAction_HashPolicySchema,
  type RouteAction_MaxStreamDuration,
  RouteAction_MaxStreamDurationSchema,
  type RouteAction_RequestMirrorPolicy,
  RouteAction_RequestMirrorPolicySchema,
  RouteActionSchema,
  type RouteMatch,
  RouteMatchSchema,
  RouteSchema,
  type Tracing,
  TracingSchema,
  type VirtualHost,
  VirtualHost_TlsRequirementType,
  VirtualHostSchema,
  type WeightedCluster,
  type WeightedCluster_ClusterWeight,
  WeightedCluster_ClusterWeightSchema,
  WeightedClusterSchema,
} from './gen/envoy/config/route/v3/route_components_pb.ts';
export { type RouteConfiguration, RouteConfigurationSchema } from './gen/envoy/config/route/v3/route_pb.ts';
export {
  type OpenTelemetryConfig,
  OpenTelemetryConfigSchema,
} from './gen/envoy/config/trace/v3/opentelemetry_pb.ts';
export {
  type FileAccessLog,
  FileAccessLogSchema,
} from './gen/envoy/extensions/access_loggers/file/v3/file_pb.ts';
export { StdoutAccessLogSchema } from './gen/envoy/extensions/access_loggers/stream/v3/stream_pb.ts';
export {
  type LocalRateLimitDescriptor,
  LocalRateLimitDescriptorSchema,
  VhRateLimitsOptions,
  XRateLimitHeadersRFCVersion,
} from './gen/envoy/extensions/common/ratelimit/v3/ratelimit_pb.ts';
export {
  type BufferSettings,
  BufferSettingsSchema,
  type CheckSettings,
  CheckSettingsSchema,
  type ExtAuthz,
  type ExtAuthzPerRoute,
  ExtAuthzPerRouteSchema,
  ExtAuthzSchema,
} from './gen/envoy/extensions/filters/http/ext_authz/v3/ext_authz_pb.ts';
export {
  type HeaderMutation as HeaderMutationFilter,
  type HeaderMutationPerRoute,
  HeaderMutationPerRouteSchema,
  HeaderMutationSchema as HeaderMutationFilterSchema,
  type Mutations,
  MutationsSchema,
} from './gen/envoy/extensions/filters/http/header_mutation/v3/header_mutation_pb.ts';
export {
  type HealthCheck as HealthCheckFilter,
  HealthCheckSchema as HealthCheckFilterSchema,
} from './gen/envoy/extensions/filters/http/health_check/v3/health_check_pb.ts';
export {
  type JwtAuthentication,
  JwtAuthenticationSchema,
  type JwtProvider,
  JwtProviderSchema,
  type JwtRequirement,
  JwtRequirementSchema,
  type PerRouteConfig as JwtPerRoute,
  PerRouteConfigSchema as JwtPerRouteSchema,
} from './gen/envoy/extensions/filters/http/jwt_authn/v3/config_pb.ts';
export {
  type LocalRateLimit,
  LocalRateLimitSchema,
} from './gen/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit_pb.ts';
export {
  type RateLimitQuotaBucketSettings,
  RateLimitQuotaBucketSettingsSchema,
  RateLimitQuotaFilterConfigSchema,
} from './gen/envoy/extensions/filters/http/rate_limit_quota/v3/rate_limit_quota_pb.ts';
export {
  type RateLimit as RateLimitFilter,
  RateLimit_XRateLimitHeadersRFCVersion as RateLimitFilter_XRateLimitHeadersRFCVersion,
  type RateLimitPerRoute,
  RateLimitPerRoute_OverrideOptions,
  RateLimitPerRoute_VhRateLimitsOptions,
  RateLimitPerRouteSchema,
  RateLimitSchema as RateLimitFilterSchema,
} from './gen/envoy/extensions/filters/http/ratelimit/v3/rate_limit_pb.ts';
export {
  type RBAC as RbacFilter,
  type RBACPerRoute as RbacPerRoute,
  RBACPerRouteSchema as RbacPerRouteSchema,
  RBACSchema as RbacFilterSchema,
} from './gen/envoy/extensions/filters/http/rbac/v3/rbac_pb.ts';
export {
  type Router,
  type Router_UpstreamAccessLogOptions,
  Router_UpstreamAccessLogOptionsSchema,
  RouterSchema,
} from './gen/envoy/extensions/filters/http/router/v3/router_pb.ts';
export {
  type HttpConnectionManager,
  HttpConnectionManager_CodecType,
  HttpConnectionManager_ForwardClientCertDetails,
  type HttpConnectionManager_HcmAccessLogOptions,
  HttpConnectionManager_HcmAccessLogOptionsSchema,
  type HttpConnectionManager_InternalAddressConfig,
  HttpConnectionManager_InternalAddressConfigSchema,
  HttpConnectionManager_PathWithEscapedSlashesAction,
  HttpConnectionManager_ServerHeaderTransformation,
  type HttpConnectionManager_SetCurrentClientCertDetails,
  HttpConnectionManager_SetCurrentClientCertDetailsSchema,
  type HttpConnectionManager_Tracing,
  HttpConnectionManager_TracingSchema,
  type HttpConnectionManager_UpgradeConfig,
  HttpConnectionManager_UpgradeConfigSchema,
  HttpConnectionManagerSchema,
  type HttpFilter,
  HttpFilterSchema,
  type LocalReplyConfig,
  LocalReplyConfigSchema,
  type Rds,
  RdsSchema,
  type RequestIDExtension as RequestIdExtension,
  RequestIDExtensionSchema as RequestIdExtensionSchema,
  type ResponseMapper,
  ResponseMapperSchema,
} from './gen/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager_pb.ts';
export {
  type HeaderMutation as EarlyHeaderMutation,
  HeaderMutationSchema as EarlyHeaderMutationSchema,
} from './gen/envoy/extensions/http/early_header_mutation/header_mutation/v3/header_mutation_pb.ts';
export {
  type PreviousHostsPredicate,
  PreviousHostsPredicateSchema,
} from './gen/envoy/extensions/retry/host/previous_hosts/v3/previous_hosts_pb.ts';
export { PreviousPrioritiesConfigSchema } from './gen/envoy/extensions/retry/priority/previous_priorities/v3/previous_priorities_config_pb.ts';
export {
  type ClusterAction,
  ClusterActionSchema,
  type MatcherClusterSpecifier,
  MatcherClusterSpecifierSchema,
} from './gen/envoy/extensions/router/cluster_specifiers/matcher/v3/matcher_pb.ts';
export {
  type CertificateValidationContext,
  CertificateValidationContextSchema,
  type SubjectAltNameMatcher,
  SubjectAltNameMatcher_SanType,
  SubjectAltNameMatcherSchema,
  type TlsCertificate,
  TlsCertificateSchema,
  type TlsParameters,
  TlsParameters_TlsProtocol,
  TlsParametersSchema,
} from './gen/envoy/extensions/transport_sockets/tls/v3/common_pb.ts';
export {
  type SdsSecretConfig,
  SdsSecretConfigSchema,
  type Secret as TlsSecret,
  SecretSchema as TlsSecretSchema,
} from './gen/envoy/extensions/transport_sockets/tls/v3/secret_pb.ts';
export {
  type CommonTlsContext,
  CommonTlsContextSchema,
  type DownstreamTlsContext,
  DownstreamTlsContextSchema,
  type UpstreamTlsContext,
  UpstreamTlsContextSchema,
} from './gen/envoy/extensions/transport_sockets/tls/v3/tls_pb.ts';
export {
  type HttpProtocolOptions,
  type HttpProtocolOptions_AutoHttpConfig,
  HttpProtocolOptions_AutoHttpConfigSchema,
  type HttpProtocolOptions_ExplicitHttpConfig,
  HttpProtocolOptions_ExplicitHttpConfigSchema,
  type HttpProtocolOptions_UseDownstreamHttpConfig,
  HttpProtocolOptions_UseDownstreamHttpConfigSchema,
  HttpProtocolOptionsSchema,
} from './gen/envoy/extensions/upstreams/http/v3/http_protocol_options_pb.ts';
export {
  type HttpRequestHeaderMatchInput,
  HttpRequestHeaderMatchInputSchema,
  type HttpRequestQueryParamMatchInput,
  HttpRequestQueryParamMatchInputSchema,
} from './gen/envoy/type/matcher/v3/http_inputs_pb.ts';
export {
  type MetadataMatcher,
  type MetadataMatcher_PathSegment,
  MetadataMatcher_PathSegmentSchema,
  MetadataMatcherSchema,
} from './gen/envoy/type/matcher/v3/metadata_pb.ts';
export { type PathMatcher, PathMatcherSchema } from './gen/envoy/type/matcher/v3/path_pb.ts';
export {
  type RegexMatchAndSubstitute,
  RegexMatchAndSubstituteSchema,
  type RegexMatcher,
  RegexMatcherSchema,
} from './gen/envoy/type/matcher/v3/regex_pb.ts';
export {
  type ListStringMatcher,
  ListStringMatcherSchema,
  type StringMatcher,
  StringMatcherSchema,
} from './gen/envoy/type/matcher/v3/string_pb.ts';
export {
  type ListMatcher,
  ListMatcherSchema,
  type ValueMatcher,
  ValueMatcherSchema,
} from './gen/envoy/type/matcher/v3/value_pb.ts';
export {
  type MetadataKey,
  type MetadataKey_PathSegment,
  MetadataKey_PathSegmentSchema,
  MetadataKeySchema,
  type MetadataKind,
  MetadataKindSchema,
} from './gen/envoy/type/metadata/v3/metadata_pb.ts';
export { type CustomTag, CustomTagSchema } from './gen/envoy/type/tracing/v3/custom_tag_pb.ts';
export { CodecClientType } from './gen/envoy/type/v3/http_pb.ts';
export { type HttpStatus, HttpStatusSchema, StatusCode } from './gen/envoy/type/v3/http_status_pb.ts';
export {
  type FractionalPercent,
  FractionalPercent_DenominatorType,
  FractionalPercentSchema,
  type Percent,
  PercentSchema,
} from './gen/envoy/type/v3/percent_pb.ts';
export {
  type DoubleRange,
  DoubleRangeSchema,
  type Int32Range,
  Int32RangeSchema,
  type Int64Range,
  Int64RangeSchema,
} from './gen/envoy/type/v3/range_pb.ts';
export { RateLimitStrategy_BlanketRule } from './gen/envoy/type/v3/ratelimit_strategy_pb.ts';
export { RateLimitUnit } from './gen/envoy/type/v3/ratelimit_unit_pb.ts';
export { type TokenBucket, TokenBucketSchema } from './gen/envoy/type/v3/token_bucket_pb.ts';
export {
  type Matcher,
  type Matcher_MatcherList,
  type Matcher_MatcherList_FieldMatcher,
  Matcher_MatcherList_FieldMatcherSchema,
  type Matcher_MatcherList_Predicate,
  type Matcher_MatcherList_Predicate_PredicateList,
  Matcher_MatcherList_Predicate_PredicateListSchema,
  type Matcher_MatcherList_Predicate_SinglePredicate,
  Matcher_MatcherList_Predicate_SinglePredicateSchema,
  Matcher_MatcherList_PredicateSchema,
  Matcher_MatcherListSchema,
  type Matcher_MatcherTree,
  type Matcher_MatcherTree_MatchMap,
  Matcher_MatcherTree_MatchMapSchema,
  Matcher_MatcherTreeSchema,
  type Matcher_OnMatch,
  Matcher_OnMatchSchema,
  MatcherSchema,
} from './gen/xds/type/matcher/v3/matcher_pb.ts';
export {
  type RegexMatcher as XdsRegexMatcher,
  RegexMatcherSchema as XdsRegexMatcherSchema,
} from './gen/xds/type/matcher/v3/regex_pb.ts';
export {
  type StringMatcher as XdsStringMatcher,
  StringMatcherSchema as XdsStringMatcherSchema,
} from './gen/xds/type/matcher/v3/string_pb.ts';
export { type ValidateOptions, validateMessage } from './pgv/validate-message.ts';
export type { Violation } from './pgv/violation.ts';
export { envoyRegistry } from './registry.ts';
