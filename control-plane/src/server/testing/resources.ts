import { createHash } from 'node:crypto';

import { create, type DescMessage, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { type Any, anyPack, type Duration, DurationSchema } from '@bufbuild/protobuf/wkt';
import {
  Cluster_DiscoveryType,
  ClusterLoadAssignmentSchema,
  ClusterSchema,
  HttpConnectionManagerSchema,
  ListenerSchema,
  RouteConfigurationSchema,
  RouterSchema,
} from '@paymesh/common/envoy';

import type { MeshSnapshot, NodeSnapshot, Resource, ResourceType } from '../../snapshot/index.ts';

const ADS = { configSourceSpecifier: { case: 'ads', value: {} }, resourceApiVersion: 2 } as const;

/** A snapshot whose version is a hash of its resources, as the builder makes it. */
export function nodeSnapshot(node: string, resources: readonly Resource[]): NodeSnapshot {
  const sorted = [...resources].sort((a, b) => (a.name < b.name ? -1 : 1));
  const of = (type: ResourceType) =>
    new Map(sorted.filter((one) => one.type === type).map((one) => [one.name, one]));
  return {
    node,
    version: hash(sorted.map(({ type, name, version }) => `${type}/${name}/${version}`).join()),
    resources: {
      cluster: of('cluster'),
      endpoint: of('endpoint'),
      listener: of('listener'),
      route: of('route'),
      policySet: of('policySet'),
    },
  };
}

export function meshSnapshot(...nodes: readonly NodeSnapshot[]): MeshSnapshot {
  return {
    revision: hash(nodes.map(({ node, version }) => `${node}=${version}`).join()),
    nodes: new Map(nodes.map((node) => [node.node, node])),
    limiter: nodeSnapshot('rate-limiter', []),
  };
}

/** An EDS cluster that Envoy accepts. */
export function edsCluster(name: string, connectTimeoutMs = 250): Resource {
  return encoded('cluster', name, ClusterSchema, {
    name,
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.EDS },
    edsClusterConfig: { edsConfig: ADS },
    connectTimeout: milliseconds(connectTimeoutMs),
  });
}

/** The one endpoint of a cluster, on the loopback address. */
export function endpoints(name: string, port: number): Resource {
  return encoded('endpoint', name, ClusterLoadAssignmentSchema, {
    clusterName: name,
    endpoints: [
      { lbEndpoints: [{ hostIdentifier: { case: 'endpoint', value: { address: socketAddress(port) } } }] },
    ],
  });
}

/** A listener that takes its routes over ADS, under its own name. */
export function httpListener(name: string, port: number): Resource {
  const manager = anyPack(
    HttpConnectionManagerSchema,
    create(HttpConnectionManagerSchema, {
      statPrefix: name,
      routeSpecifier: { case: 'rds', value: { routeConfigName: name, configSource: ADS } },
      httpFilters: [
        {
          name: 'envoy.filters.http.router',
          configType: typedConfig(anyPack(RouterSchema, create(RouterSchema))),
        },
      ],
    }),
  );
  return encoded('listener', name, ListenerSchema, {
    name,
    address: socketAddress(port),
    filterChains: [
      {
        filters: [
          { name: 'envoy.filters.network.http_connection_manager', configType: typedConfig(manager) },
        ],
      },
    ],
  });
}

/** Routes everything to one cluster; `marker` changes the content without changing where requests go. */
export function routeTo(name: string, cluster: string, marker = 'none'): Resource {
  return encoded('route', name, RouteConfigurationSchema, {
    name,
    virtualHosts: [
      {
        name: 'all',
        domains: ['*'],
        responseHeadersToAdd: [{ header: { key: 'x-marker', value: marker } }],
        routes: [
          {
            match: { pathSpecifier: { case: 'prefix', value: '/' } },
            action: { case: 'route', value: { clusterSpecifier: { case: 'cluster', value: cluster } } },
          },
        ],
      },
    ],
  });
}

function encoded<D extends DescMessage>(
  type: ResourceType,
  name: string,
  schema: D,
  init: MessageInitShape<D>,
): Resource {
  const bytes = toBinary(schema, create(schema, init));
  return { type, name, version: hash(bytes), bytes };
}

function typedConfig(value: Any): { case: 'typedConfig'; value: Any } {
  return { case: 'typedConfig', value };
}

function socketAddress(port: number) {
  return {
    address: {
      case: 'socketAddress',
      value: { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: port } },
    },
  } as const;
}

function milliseconds(count: number): Duration {
  return create(DurationSchema, { nanos: count * 1_000_000 });
}

function hash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
