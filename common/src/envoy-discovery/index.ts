// The aggregated discovery service (ADS): the envelope of resources, not the resources.
export {
  type ControlPlane,
  ControlPlaneSchema,
  type Locality,
  LocalitySchema,
  type Metadata,
  MetadataSchema,
  type Node,
  NodeSchema,
} from '../envoy/gen/envoy/config/core/v3/base_pb.ts';
export { AggregatedDiscoveryService } from '../envoy/gen/envoy/service/discovery/v3/ads_pb.ts';
export {
  type DeltaDiscoveryRequest,
  DeltaDiscoveryRequestSchema,
  type DeltaDiscoveryResponse,
  DeltaDiscoveryResponseSchema,
  type DiscoveryRequest,
  DiscoveryRequestSchema,
  type DiscoveryResponse,
  DiscoveryResponseSchema,
  type Resource,
  type Resource_CacheControl,
  Resource_CacheControlSchema,
  type ResourceError,
  ResourceErrorSchema,
  type ResourceLocator,
  ResourceLocatorSchema,
  type ResourceName,
  ResourceNameSchema,
  ResourceSchema,
} from '../envoy/gen/envoy/service/discovery/v3/discovery_pb.ts';
export { Code } from '../envoy/gen/google/rpc/code_pb.ts';
export { type Status, StatusSchema } from '../envoy/gen/google/rpc/status_pb.ts';
