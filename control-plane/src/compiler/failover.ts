import type { DocumentOf } from '@paymesh/common/policy';

import type { Context } from './context.ts';
import { documentId, type Mesh, type MeshService, refId } from './mesh.ts';

/** The clusters of a route in the order in which they are tried. */
export interface Chain {
  readonly clusters: readonly [string, ...string[]];
  /** What would come after, had MeshDefaults.overrides allowed tries enough. */
  readonly dropped: readonly string[];
  /** The policy that ordered them. */
  readonly policy?: DocumentOf<'FailoverPolicy'>;
}

/** The route's own cluster, or the order of the strongest FailoverPolicy on the route. */
export function compileChain(
  { mesh, targets, attemptsMax }: Context,
  service: MeshService,
  route: DocumentOf<'Route'> | undefined,
): Chain {
  const own: Chain = { clusters: [service.id], dropped: [] };
  if (route === undefined) return own;
  const [policy] = targets.failover({ service: service.id, route: documentId(route) });
  if (policy === undefined) return own;
  const [first, ...rest] = new Set(policy.spec.order.map(refId).filter((id) => hasInstances(mesh, id)));
  if (first === undefined) return { ...own, policy };
  return {
    clusters: [first, ...rest.slice(0, attemptsMax.value)],
    dropped: rest.slice(attemptsMax.value),
    policy,
  };
}

/** A cluster without hosts answers 503 UH, which Envoy never retries: the next provider would not be asked. */
function hasInstances(mesh: Mesh, service: string): boolean {
  return (mesh.services.get(service)?.instances.length ?? 0) > 0;
}
