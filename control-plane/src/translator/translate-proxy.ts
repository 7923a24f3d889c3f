import { createHash } from 'node:crypto';

import type { Cluster, ClusterLoadAssignment, Listener, RouteConfiguration } from '@paymesh/common/envoy';

import type { ClusterIr, ListenerIr, ProxyIr } from '../ir/index.ts';
import { translateCluster } from './cluster.ts';
import { loadAssignment } from './endpoints.ts';
import { isFailover } from './failover.ts';
import { tokenSetsOf } from './filters/jwt-authn.ts';
import { quotaSlotsOf, quotaStylesOf } from './filters/quota-style.ts';
import { limitStylesOf } from './filters/rate-limit.ts';
import { translateListener } from './listener.ts';
import { translateRoutes } from './route-configuration.ts';

/** One resource of a proxy, not yet translated. */
export type Translation =
  | { readonly type: 'listener'; readonly key: string; readonly translate: () => Listener }
  | { readonly type: 'route'; readonly key: string; readonly translate: () => RouteConfiguration }
  | { readonly type: 'cluster'; readonly key: string; readonly translate: () => Cluster }
  | { readonly type: 'endpoint'; readonly key: string; readonly translate: () => ClusterLoadAssignment };

/**
 * What a proxy must do, as the resources that Envoy is to run. A resource depends on the input behind its key and
 * on nothing else: one of equal type and key, of another proxy or an earlier revision, is the same resource.
 */
export function translateProxy({ listeners, clusters }: ProxyIr): Translation[] {
  const targets = failoverTargets(listeners);
  return [
    ...listeners.flatMap((listener) => [listenerOf(listener), routesOf(listener)]),
    ...clusters.map((cluster) => clusterOf(cluster, targets.has(cluster.name))),
    ...clusters.filter(({ discovery }) => discovery === 'eds').map(endpointsOf),
  ];
}

function listenerOf({ virtualHosts, ...listener }: ListenerIr): Translation {
  const input = {
    ...listener,
    limitStyles: limitStylesOf(virtualHosts),
    quotaStyles: quotaStylesOf(virtualHosts),
    quotaSlots: quotaSlotsOf(virtualHosts),
    tokenSets: tokenSetsOf(virtualHosts),
  };
  return { type: 'listener', key: keyOf(input), translate: () => translateListener(input) };
}

function routesOf(listener: ListenerIr): Translation {
  // Without address and port, so that proxies with the same routes share them.
  const { address: _, port: __, ...input } = listener;
  const hosts = input.virtualHosts.map(({ routes, ...host }) => ({ ...host, routes: sharedKeyOf(routes) }));
  return {
    type: 'route',
    key: keyOf({ ...input, virtualHosts: hosts }),
    translate: () => translateRoutes(input),
  };
}

function clusterOf(cluster: ClusterIr, isFailoverTarget: boolean): Translation {
  return {
    type: 'cluster',
    key: keyOf([sharedKeyOf(cluster), isFailoverTarget]),
    translate: () => translateCluster(cluster, { isFailoverTarget }),
  };
}

function endpointsOf(cluster: ClusterIr): Translation {
  const { name, endpoints } = cluster;
  return {
    type: 'endpoint',
    key: keyOf([name, sharedKeyOf(endpoints)]),
    translate: () => loadAssignment(cluster),
  };
}

/** Provenance is no input: a line added above a policy changes no resource. */
function keyOf(input: unknown): string {
  return JSON.stringify(input, (key, value: unknown) => (key === 'provenance' ? undefined : value));
}

/**
 * The key of a part that the compiler gives to many proxies as one object: made once, and short. Without it, 500
 * proxies that may call 1000 routes cost 500 000 routes in JSON for each edit.
 */
function sharedKeyOf(part: object): string {
  const key = sharedKeys.get(part) ?? createHash('sha256').update(keyOf(part)).digest('base64');
  sharedKeys.set(part, key);
  return key;
}

const sharedKeys = new WeakMap<object, string>();

/** Clusters that a route with several providers names. */
function failoverTargets(listeners: readonly ListenerIr[]): ReadonlySet<string> {
  const routes = listeners.flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes));
  return new Set(routes.filter(isFailover).flatMap(({ clusters }) => clusters));
}
