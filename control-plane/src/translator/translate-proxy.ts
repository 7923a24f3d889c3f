import type { ProxyIr } from '../ir/index.ts';
import { translateCluster } from './cluster.ts';
import { loadAssignment } from './endpoints.ts';
import { isFailover } from './failover.ts';
import { translateListener } from './listener.ts';
import type { TranslatedResources } from './model.ts';
import { translateRoutes } from './route-configuration.ts';

/** Turns what a proxy must do into the messages that Envoy runs. Pure: equal IR, equal messages. */
export function translateProxy(proxy: ProxyIr): TranslatedResources {
  const failoverTargets = new Set(
    proxy.listeners
      .flatMap(({ virtualHosts }) => virtualHosts.flatMap(({ routes }) => routes))
      .filter(isFailover)
      .flatMap(({ clusters }) => clusters),
  );
  return {
    listeners: proxy.listeners.map(translateListener),
    routes: proxy.listeners.map(translateRoutes),
    clusters: proxy.clusters.map((cluster) =>
      translateCluster(cluster, { isFailoverTarget: failoverTargets.has(cluster.name) }),
    ),
    endpoints: proxy.clusters.filter(({ discovery }) => discovery === 'eds').map(loadAssignment),
  };
}
