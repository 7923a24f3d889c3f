import type { Cluster, ClusterLoadAssignment, Listener, RouteConfiguration } from '@paymesh/common/envoy';

/** Everything that one proxy is given, as Envoy messages. */
export interface TranslatedResources {
  readonly listeners: readonly Listener[];
  readonly routes: readonly RouteConfiguration[];
  readonly clusters: readonly Cluster[];
  readonly endpoints: readonly ClusterLoadAssignment[];
}
