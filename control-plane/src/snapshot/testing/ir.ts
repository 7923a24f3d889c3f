import type { ClusterIr, ListenerIr, MeshIr, RouteIr } from '../../ir/index.ts';

/** A mesh of one proxy. */
export function meshOf(listeners: readonly ListenerIr[], clusters: readonly ClusterIr[]): MeshIr {
  const locality = { region: 'cn-east', zone: 'a' };
  return { proxies: { test: { node: 'test', namespace: 'pay', locality, listeners, clusters } } };
}

/** A cluster with one instance on this port, or with several. */
export function clusterOf(name: string, ports: readonly number[], more: Partial<ClusterIr> = {}): ClusterIr {
  return {
    name,
    protocol: 'http',
    discovery: 'eds',
    connectTimeoutMs: 500,
    endpoints: ports.map((port) => ({
      address: '127.0.0.1',
      port,
      region: 'cn-east',
      zone: 'a',
      priority: 0,
      weight: 1,
      workload: `w-${port}`,
    })),
    breaker: { retryBudgetPercent: 20, retryMinConcurrency: 3 },
    provenance: {},
    ...more,
  };
}

export type RouteInput = Pick<RouteIr, 'name' | 'clusters'> & Partial<RouteIr>;

/** A route for every request, or for what `match` says. */
export function routeOf(route: RouteInput): RouteIr {
  return {
    match: { path: { kind: 'prefix', value: '/' } },
    timeoutMs: 5_000,
    idleMs: 30_000,
    rateLimits: [],
    provenance: {},
    ...route,
  };
}

/** The conditions that never send twice. */
export const SAFE = ['connect-failure', 'refused-stream', 'reset-before-request'];

export function retryOf(attempts: number, on: readonly string[] = SAFE): NonNullable<RouteIr['retry']> {
  return { attempts, on, backoffBaseMs: 5, backoffMaxMs: 20 };
}
