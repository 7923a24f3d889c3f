import type { ListenerIr, RouteIr, VirtualHostIr } from '../ir/index.ts';
import type { Instance, MeshService } from './mesh.ts';

/** A service with the routes that its callers use, in matching order. */
export interface Callee {
  readonly service: MeshService;
  readonly routes: readonly RouteIr[];
}

/** Where the program of an instance calls others: one virtual host for each service of the mesh. */
export function compileOutbound(instance: Instance, callees: readonly Callee[]): ListenerIr {
  const owners = ownersOfShortNames(callees, instance.metadata.namespace);
  return {
    direction: 'outbound',
    address: '127.0.0.1',
    port: instance.spec.proxy.outbound,
    virtualHosts: callees.map(
      ({ service, routes }): VirtualHostIr => ({
        name: service.id,
        domains: domainsOf(service, owners),
        routes,
      }),
    ),
  };
}

/** `S.N.mesh`, `S.N`, and `S` where it can only mean this service. */
function domainsOf({ id, document }: MeshService, owners: ReadonlyMap<string, string | undefined>): string[] {
  const { name, namespace } = document.metadata;
  return [
    `${name}.${namespace}.mesh`,
    `${name}.${namespace}`,
    // Envoy drops the whole listener when two virtual hosts claim one domain.
    ...(owners.get(name) === id ? [name] : []),
  ];
}

/** A short name means the service in the caller's namespace, else the only one of that name. */
function ownersOfShortNames(
  callees: readonly Callee[],
  namespace: string,
): ReadonlyMap<string, string | undefined> {
  const owners = new Map<string, string | undefined>();
  for (const { service } of callees) {
    const { name } = service.document.metadata;
    owners.set(name, owners.has(name) ? undefined : service.id);
  }
  for (const { service } of callees) {
    const { metadata } = service.document;
    if (metadata.namespace === namespace) owners.set(metadata.name, service.id);
  }
  return owners;
}
