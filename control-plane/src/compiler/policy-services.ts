import { parseHostPort } from '@paymesh/common/config';
import type { RateLimiterSpec } from '@paymesh/common/policy';

import type { ClusterIr, ListenerIr, PolicyServiceIr, RouteIr, VirtualHostIr } from '../ir/index.ts';
import { compileBreaker, leastEjectionPercent } from './breakers.ts';
import { BUILT_IN } from './built-in.ts';
import type { Context } from './context.ts';
import { provenance } from './merge.ts';

/** The two services that a route's policies may need. */
const SERVICES = {
  extAuthz: { cluster: 'paymesh/ext-authz', workload: 'ext-authz' },
  rateLimiter: { cluster: 'paymesh/rate-limiter', workload: 'rate-limiter' },
} as const;

/** What takes spans. */
const COLLECTOR_CLUSTER = 'paymesh/otlp';

/** The rate limiter again, where it gives proxies their parts. */
const QUOTA_CLUSTER = 'paymesh/quota';

type PolicyServiceName = keyof typeof SERVICES;

/**
 * How a listener that enforces policies reaches ext-authz and the rate limiter. It does so whenever the mesh has
 * them, used or not: a first signing policy is then a change of routes, and drains no listener.
 */
export function policyServicesOf(
  context: Context,
  virtualHosts: readonly VirtualHostIr[],
): Pick<ListenerIr, PolicyServiceName | 'quotaCluster'> {
  const isThere = context.mesh.defaults !== undefined;
  const routes = virtualHosts.flatMap((host) => host.routes);
  return {
    ...(isThere || routes.some(isChecked) ? { extAuthz: reach(context, 'extAuthz') } : {}),
    ...(isThere || routes.some(({ rateLimits }) => rateLimits.length > 0)
      ? { rateLimiter: reach(context, 'rateLimiter') }
      : {}),
    // Only where it is used: each proxy that has the filter keeps a stream open.
    ...(routes.some(({ quotas }) => quotas !== undefined) ? { quotaCluster: QUOTA_CLUSTER } : {}),
  };
}

function isChecked({ signing, access, rateLimits }: RouteIr): boolean {
  if (signing !== undefined || rateLimits.some(({ cost }) => cost !== undefined)) return true;
  return access !== undefined && access.checked.length + access.tried.length > 0;
}

/** The clusters that the listeners of one proxy name. */
export function compilePolicyClusters(context: Context, listeners: readonly ListenerIr[]): ClusterIr[] {
  const services = (['extAuthz', 'rateLimiter'] as const)
    .filter((name) => listeners.some((listener) => listener[name] !== undefined))
    .map((name) =>
      compilePolicyCluster(context, { ...SERVICES[name], ...addressesOf(context, name, 'endpoints') }),
    );
  const isQuotaUsed = listeners.some(({ quotaCluster }) => quotaCluster !== undefined);
  if (!isQuotaUsed) return services;
  const quota = { cluster: QUOTA_CLUSTER, workload: SERVICES.rateLimiter.workload };
  const reached = addressesOf(context, 'rateLimiter', 'quotaEndpoints');
  return [...services, compilePolicyCluster(context, { ...quota, ...reached })];
}

/** The collector at `otlp` (`HOST:PORT`): not health-checked, for it need not know grpc.health.v1, and nobody waits for it. */
export function compileCollectorCluster(context: Context, otlp: string): ClusterIr {
  const from = provenance(context.mesh.defaults?.positions.get('spec.tracing.otlp'));
  const { healthCheck: _, ...cluster } = compilePolicyCluster(context, {
    cluster: COLLECTOR_CLUSTER,
    workload: 'otlp',
    endpoints: [otlp],
    from,
  });
  return cluster;
}

function reach({ mesh }: Context, name: PolicyServiceName): PolicyServiceIr {
  return {
    cluster: SERVICES[name].cluster,
    timeoutMs: mesh.defaults?.spec[name].timeoutMs ?? BUILT_IN.policyServiceTimeoutMs[name],
  };
}

interface PolicyClusterInput {
  readonly cluster: string;
  readonly workload: string;
  /** `HOST:PORT` each. */
  readonly endpoints: readonly string[];
  /** Where they were typed. */
  readonly from: string;
}

function addressesOf(
  { mesh: { defaults } }: Context,
  name: PolicyServiceName,
  key: 'endpoints' | 'quotaEndpoints',
): Pick<PolicyClusterInput, 'endpoints' | 'from'> {
  const spec: RateLimiterSpec | undefined = defaults?.spec[name];
  return { endpoints: spec?.[key] ?? [], from: provenance(defaults?.positions.get(`spec.${name}.${key}`)) };
}

/** Without MeshDefaults there is no endpoint: ext-authz then denies, which is the safe side. */
function compilePolicyCluster(
  context: Context,
  { cluster, workload, endpoints, from }: PolicyClusterInput,
): ClusterIr {
  const addresses = endpoints.toSorted().map(parseHostPort);
  const { budgetPercent, budgetMinConcurrency } = context.defaults;
  const breaker = compileBreaker([], { percent: budgetPercent, minConcurrency: budgetMinConcurrency });
  return {
    name: cluster,
    protocol: 'http2',
    discovery: 'static',
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    endpoints: addresses.map(({ host, port }, index) => ({
      address: host,
      port,
      region: '',
      zone: '',
      priority: 0,
      weight: 1,
      workload: `${workload}-${index + 1}`,
    })),
    healthCheck: HEALTH_CHECK,
    outlier: { ...OUTLIER, maxPercent: leastEjectionPercent(addresses.length) },
    breaker: breaker.value,
    provenance: {
      connectTimeoutMs: 'built-in',
      endpoints: from,
      ...breaker.provenance,
    },
  };
}

const CONNECT_TIMEOUT_MS = 250;

const HEALTH_CHECK = {
  kind: 'grpc',
  intervalMs: 1_000,
  timeoutMs: 500,
  unhealthyThreshold: 2,
  healthyThreshold: 1,
} as const;

/** A replica that fails three times in a row is left alone until its health check has had its say. */
const OUTLIER = { consecutive5xx: 3, intervalMs: 1_000, ejectMs: 2_000 } as const;
