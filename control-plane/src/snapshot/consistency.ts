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

import type { TranslatedResources } from '../translator/index.ts';
import type { ResourceType } from './model.ts';
import type { SnapshotViolation } from './violation.ts';

type Gap = Omit<SnapshotViolation, 'node' | 'path'>;

/**
 * Whether the resources of one proxy fit together. Envoy accepts a route to a cluster that does not exist and
 * answers 503, and waits 15 s for endpoints or routes that never come; here both are errors.
 */
export function checkConsistency(resources: TranslatedResources): Gap[] {
  const { listeners, routes, clusters, endpoints } = resources;
  const known = {
    routes: new Set(routes.map(({ name }) => name)),
    clusters: new Set(clusters.map(({ name }) => name)),
    endpoints: new Set(endpoints.map(({ clusterName }) => clusterName)),
  };
  return [
    ...duplicates(
      'listener',
      listeners.map(({ name }) => name),
    ),
    ...duplicates(
      'route',
      routes.map(({ name }) => name),
    ),
    ...duplicates(
      'cluster',
      clusters.map(({ name }) => name),
    ),
    ...duplicates(
      'endpoint',
      endpoints.map(({ clusterName }) => clusterName),
    ),
    ...listeners.flatMap((listener) => {
      const managers = managersOf(listener);
      return [
        ...missingRoutes(listener.name, managers, known.routes),
        ...missingServices(listener.name, managers, known.clusters),
      ];
    }),
    ...routes.flatMap((table) => missingClusters(table, known.clusters)),
    ...missingEndpoints(clusters, known.endpoints),
  ];
}

function duplicates(type: ResourceType, names: readonly string[]): Gap[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((name) => ({
    type,
    name,
    rule: 'consistency.unique_name',
    message: `two resources of this type have the name ${name}`,
  }));
}

type Managers = readonly HttpConnectionManager[];

function missingRoutes(name: string, managers: Managers, known: ReadonlySet<string>): Gap[] {
  return managers
    .flatMap(({ routeSpecifier }) =>
      routeSpecifier.case === 'rds' ? [routeSpecifier.value.routeConfigName] : [],
    )
    .filter((table) => !known.has(table))
    .map((table) => ({
      type: 'listener',
      name,
      rule: 'consistency.route',
      message: `names the route configuration ${table}, which does not exist`,
    }));
}

function missingServices(name: string, managers: Managers, known: ReadonlySet<string>): Gap[] {
  const called = managers.flatMap(({ httpFilters }) => httpFilters.flatMap(serviceOf));
  return [...new Set(called)]
    .filter((cluster) => !known.has(cluster))
    .map((cluster) => ({
      type: 'listener',
      name,
      rule: 'consistency.policy_service',
      message: `a filter calls the cluster ${cluster}, which does not exist`,
    }));
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

function managersOf({ filterChains }: Listener): HttpConnectionManager[] {
  return filterChains
    .flatMap(({ filters }) => filters)
    .flatMap(({ configType }) =>
      configType.case === 'typedConfig'
        ? (anyUnpack(configType.value, HttpConnectionManagerSchema) ?? [])
        : [],
    );
}

function missingClusters(table: RouteConfiguration, known: ReadonlySet<string>): Gap[] {
  return table.virtualHosts
    .flatMap(({ routes }) => routes)
    .flatMap((route) =>
      clustersOf(route)
        .filter((cluster) => !known.has(cluster))
        .map((cluster) => ({
          type: 'route' as const,
          name: table.name,
          rule: 'consistency.cluster',
          message: `route ${route.name} names the cluster ${cluster}, which does not exist`,
        })),
    );
}

/** Names of the clusters that a route may send to. */
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

function missingEndpoints(clusters: readonly Cluster[], known: ReadonlySet<string>): Gap[] {
  return clusters
    .filter(
      ({ name, clusterDiscoveryType }) =>
        clusterDiscoveryType.case === 'type' &&
        clusterDiscoveryType.value === Cluster_DiscoveryType.EDS &&
        !known.has(name),
    )
    .map(({ name }) => ({
      type: 'cluster',
      name,
      rule: 'consistency.endpoints',
      message: 'has no endpoints resource',
    }));
}
