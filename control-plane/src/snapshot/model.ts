import { POLICY_SET_TYPE_URL } from '@paymesh/common/policy-set';

/** Type URLs of the resources that Paymesh serves, in the order in which Envoy must learn them; the last is for limiters. */
export const TYPE_URL = {
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  endpoint: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  policySet: POLICY_SET_TYPE_URL,
} as const;

export type ResourceType = keyof typeof TYPE_URL;

/** One resource, encoded once. */
export interface Resource {
  readonly type: ResourceType;
  readonly name: string;
  /** Hash of `bytes`: same content, same version, on every replica. */
  readonly version: string;
  /** The encoded message that goes into `Any.value`. */
  readonly bytes: Uint8Array;
}

/** All that one node is to run; immutable. Maps are keyed by resource name, in sorted order. */
export interface NodeSnapshot {
  readonly node: string;
  /** Hash over all resources. */
  readonly version: string;
  readonly resources: Readonly<Record<ResourceType, ReadonlyMap<string, Resource>>>;
}

/** One revision of the mesh: the snapshots of all its nodes. */
export interface MeshSnapshot {
  /** Hash over all nodes and the policies. */
  readonly revision: string;
  readonly nodes: ReadonlyMap<string, NodeSnapshot>;
  /** What every rate limiter is given, by whatever name it comes. */
  readonly limiter: NodeSnapshot;
}
