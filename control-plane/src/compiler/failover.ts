import type { DocumentOf } from '@paymesh/common/policy';

import type { Context } from './context.ts';
import { documentId, type MeshService, refId } from './mesh.ts';

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
  const [first, ...rest] = new Set(policy.spec.order.map(refId).filter((id) => mesh.services.has(id)));
  if (first === undefined) return own;
  return {
    clusters: [first, ...rest.slice(0, attemptsMax.value)],
    dropped: rest.slice(attemptsMax.value),
    policy,
  };
}
