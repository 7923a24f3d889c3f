import type { JsonObject } from '@bufbuild/protobuf';

import type { MeshIr } from '../../ir/index.ts';
import { buildSnapshot, type NodeSnapshot, snapshotToJson } from '../index.ts';

type Json = Record<string, unknown>;

/** The snapshots of a mesh; throws with everything that is wrong with it. */
export function snapshotsOf(ir: MeshIr): NodeSnapshot[] {
  const result = buildSnapshot(ir);
  if (!('snapshot' in result)) throw new Error(JSON.stringify(result.violations));
  return [...result.snapshot.nodes.values()];
}

/** An Envoy bootstrap with the resources of one node written into it: nothing is asked of a control plane. */
export function staticBootstrap(snapshot: NodeSnapshot, adminPort: number): object {
  const { listener, route, cluster, endpoint } = snapshotToJson(snapshot);
  return {
    node: { id: snapshot.node, cluster: 'test' },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } } },
    static_resources: {
      listeners: listener.map((one) => withRoutes(structuredClone(one), route)),
      clusters: cluster.map((one) => withEndpoints(structuredClone(one), endpoint)),
    },
  };
}

function withRoutes(listener: JsonObject, tables: readonly JsonObject[]): Json {
  const chains = listener['filter_chains'] as { filters: { typed_config: Json }[] }[];
  for (const { typed_config: manager } of chains.flatMap(({ filters }) => filters)) {
    const { route_config_name: name } = manager['rds'] as { route_config_name: string };
    manager['route_config'] = tables.find((table) => table['name'] === name);
    delete manager['rds'];
  }
  return listener;
}

function withEndpoints(cluster: JsonObject, assignments: readonly JsonObject[]): Json {
  if (cluster['type'] !== 'EDS') return cluster;
  const { eds_cluster_config: _, ...rest } = cluster;
  const assignment = assignments.find((one) => one['cluster_name'] === cluster['name']);
  return { ...rest, type: 'STATIC', load_assignment: assignment };
}
