import type { Locality } from '@paymesh/common/policy';

import { type ClusterIr, type HealthCheckIr, isHostName } from '../ir/index.ts';
import { compileBreaker, compileOutlier } from './breakers.ts';
import { LOCAL_CLUSTER } from './built-in.ts';
import type { Context } from './context.ts';
import { compileEndpoints } from './endpoints.ts';
import { type Leaf, strictestLeaf } from './merge.ts';
import type { Instance, MeshService } from './mesh.ts';
import type { CompiledRoute } from './routes.ts';
import type { Settings } from './settings.ts';

/** Gives the cluster of a service as a proxy at that place sees it; proxies of one zone share it. */
export type ClusterOf = (serviceId: string, from: Locality) => ClusterIr | undefined;

/** Prepares the clusters of all services; `routes` has the compiled routes of each service. */
export function createClusters(
  context: Context,
  routes: ReadonlyMap<string, readonly CompiledRoute[]>,
): ClusterOf {
  const known = new Map<string, ClusterIr>();
  return (serviceId, from) => {
    const service = context.mesh.services.get(serviceId);
    if (service === undefined) return undefined;
    const key = JSON.stringify([serviceId, from.region, from.zone]);
    const cluster =
      known.get(key) ??
      compileCluster(context, {
        service,
        from,
        settings: (routes.get(serviceId) ?? []).map(({ settings }) => settings),
      });
    known.set(key, cluster);
    return cluster;
  };
}

/** The program beside the sidecar of an instance. */
export function compileLocalCluster(context: Context, service: MeshService, instance: Instance): ClusterIr {
  const { connectMs, budgetPercent, budgetMinConcurrency } = context.defaults;
  const breaker = compileBreaker([], { percent: budgetPercent, minConcurrency: budgetMinConcurrency });
  return {
    name: LOCAL_CLUSTER,
    protocol: service.document.spec.protocol,
    discovery: 'static',
    connectTimeoutMs: connectMs.value,
    endpoints: [
      {
        address: '127.0.0.1',
        port: instance.spec.port,
        region: instance.spec.locality.region,
        zone: instance.spec.locality.zone,
        priority: 0,
        weight: 1,
        workload: instance.metadata.name,
      },
    ],
    breaker: breaker.value,
    provenance: { connectTimeoutMs: connectMs.from, ...breaker.provenance },
  };
}

interface ClusterInput {
  readonly service: MeshService;
  readonly from: Locality;
  /** Of all routes of the service. */
  readonly settings: readonly Settings[];
}

function compileCluster(
  { defaults, targets }: Context,
  { service, from, settings }: ClusterInput,
): ClusterIr {
  const policies = targets.circuitBreaker({ service: service.id });
  const strictest = (read: (one: Settings) => Leaf<number>): Leaf<number> => {
    const [first = defaults, ...rest] = settings;
    return strictestLeaf([read(first), ...rest.map(read)]);
  };
  const connect = strictest(({ connectMs }) => connectMs);
  const breaker = compileBreaker(policies, {
    percent: strictest(({ budgetPercent }) => budgetPercent),
    minConcurrency: strictest(({ budgetMinConcurrency }) => budgetMinConcurrency),
  });
  const outlier = compileOutlier(policies, service.instances.length);
  const healthCheck = compileHealthCheck(service);
  const endpoints = compileEndpoints(service.instances, from);
  return {
    name: service.id,
    protocol: service.document.spec.protocol,
    // Endpoints that are sent have addresses; a name is looked up by the proxy that calls it.
    discovery: endpoints.some(({ address }) => isHostName(address)) ? 'static' : 'eds',
    connectTimeoutMs: connect.value,
    endpoints,
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ...(outlier === undefined ? {} : { outlier: outlier.value }),
    breaker: breaker.value,
    provenance: { connectTimeoutMs: connect.from, ...breaker.provenance, ...outlier?.provenance },
  };
}

function compileHealthCheck({ document }: MeshService): HealthCheckIr | undefined {
  const { healthCheck } = document.spec;
  return healthCheck === undefined ? undefined : { kind: 'http', ...healthCheck };
}
