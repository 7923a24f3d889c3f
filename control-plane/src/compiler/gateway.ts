import { bindAddress, type ListenerIr, type ProxyIr } from '../ir/index.ts';
import type { ClusterOf } from './clusters.ts';
import type { Context } from './context.ts';
import { compareText, type Gateway } from './mesh.ts';
import { compilePolicyClusters, policyServicesOf } from './policy-services.ts';
import { arrangeRoutes, type CompiledRoute } from './routes.ts';

export interface GatewayInput {
  readonly gateway: Gateway;
  /** Of all services. */
  readonly routes: readonly CompiledRoute[];
  readonly clusterOf: ClusterOf;
}

/** The proxy where clients of the mesh come in: only the routes that name it, anything else is 404. */
export function compileGateway(context: Context, { gateway, routes, clusterOf }: GatewayInput): ProxyIr {
  const { metadata, spec } = gateway;
  const arranged = arrangeRoutes(
    routes.filter(({ parent }) => parent === spec.gateway).map((route) => route.gateway),
  );
  const virtualHosts = [{ name: 'gateway', domains: ['*'], routes: arranged }];
  const listener: ListenerIr = {
    direction: 'gateway',
    address: bindAddress(spec.address),
    port: spec.port,
    virtualHosts,
    ...policyServicesOf(context, virtualHosts),
  };
  const reached = [...new Set(arranged.flatMap(({ clusters }) => clusters))].toSorted(compareText);
  return {
    node: metadata.name,
    namespace: metadata.namespace,
    locality: spec.locality,
    listeners: [listener],
    clusters: [
      ...reached.flatMap((id) => clusterOf(id, spec.locality) ?? []),
      ...compilePolicyClusters(context, [listener]),
    ],
  };
}
