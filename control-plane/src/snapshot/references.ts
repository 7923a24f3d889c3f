import { anyUnpack } from '@bufbuild/protobuf/wkt';
import {
  type Cluster,
  Cluster_DiscoveryType,
  ClusterActionSchema,
  ExtAuthzSchema,
  type HttpConnectionManager,
  HttpConnectionManagerSchema,
  type HttpFilter,
  type Listener,
  type Matcher_OnMatch,
  MatcherClusterSpecifierSchema,
  RateLimitFilterSchema,
  type Route,
  type RouteConfiguration,
} from '@paymesh/common/envoy';

import type { ResourceType } from './model.ts';

/** A resource that another one needs. */
export interface Reference {
  readonly type: ResourceType;
  readonly name: string;
  /** Rule and sentence for when it does not exist. */
  readonly rule: string;
  readonly message: string;
}

/** Route configurations that a listener asks for, and clusters that its filters call. */
export function listenerReferences({ filterChains }: Listener): Reference[] {
  return filterChains
    .flatMap(({ filters }) => filters)
    .flatMap(({ configType }) =>
      configType.case === 'typedConfig'
        ? (anyUnpack(configType.value, HttpConnectionManagerSchema) ?? [])
        : [],
    )
    .flatMap((manager) => [
      ...routeTable(manager),
      ...[...new Set(manager.httpFilters.flatMap(serviceOf))].map(
        (name): Reference => ({
          type: 'cluster',
          name,
          rule: 'consistency.policy_service',
          message: `a filter calls the cluster ${name}, which does not exist`,
        }),
      ),
    ]);
}

/** Clusters that routes send to. */
export function routeReferences({ virtualHosts }: RouteConfiguration): Reference[] {
  return virtualHosts
    .flatMap(({ routes }) => routes)
    .flatMap((route) =>
      clustersOf(route).map((name) => ({
        type: 'cluster',
        name,
        rule: 'consistency.cluster',
        message: `route ${route.name} names the cluster ${name}, which does not exist`,
      })),
    );
}

/** Endpoints that a cluster asks for. */
export function clusterReferences({ name, clusterDiscoveryType: discovery }: Cluster): Reference[] {
  if (discovery.case !== 'type' || discovery.value !== Cluster_DiscoveryType.EDS) return [];
  return [{ type: 'endpoint', name, rule: 'consistency.endpoints', message: 'has no endpoints resource' }];
}

function routeTable({ routeSpecifier }: HttpConnectionManager): Reference[] {
  if (routeSpecifier.case !== 'rds') return [];
  const { routeConfigName: name } = routeSpecifier.value;
  const message = `names the route configuration ${name}, which does not exist`;
  return [{ type: 'route', name, rule: 'consistency.route', message }];
}

/** Name of the cluster that a filter calls for each request. */
function serviceOf({ configType }: HttpFilter): string[] {
  if (configType.case !== 'typedConfig') return [];
  const services = anyUnpack(configType.value, ExtAuthzSchema)?.services;
  const service =
    services?.case === 'grpcService'
      ? services.value
      : anyUnpack(configType.value, RateLimitFilterSchema)?.rateLimitService?.grpcService;
  return service?.targetSpecifier.case === 'envoyGrpc' ? [service.targetSpecifier.value.clusterName] : [];
}

function clustersOf({ action }: Route): string[] {
  const specifier = action.case === 'route' ? action.value.clusterSpecifier : undefined;
  if (specifier?.case === 'cluster') return [specifier.value];
  if (specifier?.case !== 'inlineClusterSpecifierPlugin') return [];
  const config = specifier.value.extension?.typedConfig;
  const matcher =
    config === undefined ? undefined : anyUnpack(config, MatcherClusterSpecifierSchema)?.clusterMatcher;
  const tree = matcher?.matcherType.case === 'matcherTree' ? matcher.matcherType.value.treeType : undefined;
  const later = tree?.case === 'exactMatchMap' ? Object.values(tree.value.map) : [];
  return [...new Set([matcher?.onNoMatch, ...later].flatMap(chosenCluster))];
}

function chosenCluster(choice: Matcher_OnMatch | undefined): string[] {
  const config = choice?.onMatch.case === 'action' ? choice.onMatch.value.typedConfig : undefined;
  const action = config === undefined ? undefined : anyUnpack(config, ClusterActionSchema);
  return action === undefined ? [] : [action.cluster];
}
