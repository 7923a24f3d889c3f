import { isLimiterNode } from '@paymesh/common/policy-set';

import type { MeshSnapshot, NodeSnapshot } from './model.ts';

/** What a node is to run; undefined for one that the mesh does not know. Limiters need no Workload. */
export function snapshotFor(mesh: MeshSnapshot | undefined, node: string): NodeSnapshot | undefined {
  return isLimiterNode(node) ? mesh?.limiter : mesh?.nodes.get(node);
}
