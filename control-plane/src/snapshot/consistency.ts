import { anyUnpack } from '@bufbuild/protobuf/wkt';
import {
  type Cluster,
  Cluster_DiscoveryType,
  ClusterActionSchema,
  HttpConnectionManagerSchema,
  type Listener,
  type Matcher_OnMatch,
  MatcherClusterSpecifierSchema,
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
    ...listeners.flatMap((listener) => missingRoutes(listener, new Set(routes.map(({ name }) => name)))),
    ...routes.flatMap((table) => missingClusters(table, new Set(clusters.map(({ name }) => name)))),
    ...missingEndpoints(clusters, new Set(endpoints.map(({ clusterName }) => clusterName))),
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

function missingRoutes(listener: Listener, known: ReadonlySet<string>): Gap[] {
  return routeTablesOf(listener)
    .filter((table) => !known.has(table))
    .map((table) => ({
      type: 'listener',
      name: listener.name,
      rule: 'consistency.route',
      message: `names the route configuration ${table}, which does not exist`,
    }));
}

/** Names of the route configurations that a listener asks for. */
function routeTablesOf(listener: Listener): string[] {
  return listener.filterChains
    .flatMap(({ filters }) => filters)
    .flatMap(({ configType }) => {
      const manager =
        configType.case === 'typedConfig'
          ? anyUnpack(configType.value, HttpConnectionManagerSchema)
          : undefined;
      return manager?.routeSpecifier.case === 'rds' ? [manager.routeSpecifier.value.routeConfigName] : [];
    });
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
