import { bindAddress, type ListenerIr, type RouteIr } from '../ir/index.ts';
import { LOCAL_CLUSTER } from './built-in.ts';
import type { Context } from './context.ts';
import type { Instance, MeshService } from './mesh.ts';
import { policyServicesOf } from './policy-services.ts';
import { arrangeRoutes, type CompiledRoute } from './routes.ts';

export interface InboundInput {
  readonly service: MeshService;
  readonly instance: Instance;
  /** Of this service. */
  readonly routes: readonly CompiledRoute[];
}

/** Where others call this instance: the routes of its own service, all to the program beside it. */
export function compileInbound(context: Context, { service, instance, routes }: InboundInput): ListenerIr {
  const arranged = arrangeRoutes(routes.map(({ inbound }) => inbound));
  const isEnforcing = arranged.some(
    ({ signing, access, rateLimits, quotas, guard }) =>
      (signing ?? access ?? quotas ?? guard) !== undefined || rateLimits.length > 0,
  );
  const virtualHosts = [
    {
      name: 'inbound',
      domains: ['*'],
      routes: isEnforcing ? [...healthCheckRoute(context, service), ...arranged] : arranged,
    },
  ];
  return {
    direction: 'inbound',
    address: bindAddress(instance.spec.address),
    port: instance.spec.proxy.inbound,
    virtualHosts,
    ...policyServicesOf(context, virtualHosts),
  };
}

/** The proxies' own health checks cannot sign: a check that is denied would take every instance away. */
function healthCheckRoute({ defaults }: Context, { document }: MeshService): RouteIr[] {
  const { healthCheck } = document.spec;
  if (healthCheck === undefined) return [];
  return [
    {
      name: 'health-check',
      match: { method: 'GET', path: { kind: 'exact', value: healthCheck.path } },
      clusters: [LOCAL_CLUSTER],
      timeoutMs: healthCheck.timeoutMs,
      idleMs: defaults.idleMs.value,
      rateLimits: [],
      provenance: { timeoutMs: 'built-in', idleMs: defaults.idleMs.from },
    },
  ];
}
