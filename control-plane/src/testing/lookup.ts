import type { ClusterIr, ListenerIr, MeshIr, ProxyIr, RouteIr } from '../ir/index.ts';

/** The proxy of a node; throws where there is none. */
export function proxy(ir: MeshIr, node: string): ProxyIr {
  const found = ir.proxies[node];
  if (found === undefined) throw new Error(`no proxy ${node} among ${Object.keys(ir.proxies).join()}`);
  return found;
}

/** Its listener in one direction. */
export function listener(ir: MeshIr, node: string, direction: ListenerIr['direction']): ListenerIr {
  const found = proxy(ir, node).listeners.find((one) => one.direction === direction);
  if (found === undefined) throw new Error(`no ${direction} at ${node}`);
  return found;
}

/** A route of that listener by name. */
export function routeAt(ir: MeshIr, node: string, direction: ListenerIr['direction'], name: string): RouteIr {
  const routes = listener(ir, node, direction).virtualHosts.flatMap((host) => host.routes);
  const found = routes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${routes.map((one) => one.name).join()}`);
  return found;
}

/** A cluster of a proxy by name. */
export function cluster(ir: MeshIr, node: string, name: string): ClusterIr | undefined {
  return proxy(ir, node).clusters.find((one) => one.name === name);
}
