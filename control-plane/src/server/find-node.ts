import { editDistance } from '@paymesh/common/policy';

import { type NodeSnapshot, type SnapshotStore, snapshotFor } from '../snapshot/index.ts';
import { GRPC_STATUS, type StreamEnd } from './grpc-status.ts';

const MAX_SUGGESTIONS = 5;
const MAX_SHOWN_ID_LENGTH = 100;
/** Names further away than this are no likely misspelling. */
const MAX_DISTANCE = 4;

export type FoundNode =
  | { readonly kind: 'found'; readonly snapshot: NodeSnapshot }
  | { readonly kind: 'refused'; readonly end: StreamEnd };

/** The snapshot for the node id of a stream's first request, or why there is none. */
export function findNode(store: SnapshotStore, id: string | undefined): FoundNode {
  const mesh = store.current();
  // An answer from an incomplete state would delete what the proxy runs.
  if (mesh === undefined) return refused('unavailable', 'the control plane has no complete state yet');
  if (id === undefined || id === '') {
    return refused('invalidArgument', 'node.id is missing; it must be the name of a Workload');
  }
  const snapshot = snapshotFor(mesh, id);
  if (snapshot !== undefined) return { kind: 'found', snapshot };
  const near = nearNames(id, [...mesh.nodes.keys()]);
  const hint = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`;
  const shown = JSON.stringify(id.slice(0, MAX_SHOWN_ID_LENGTH));
  return refused('notFound', `no Workload is named ${shown}: node.id must be the name of a Workload${hint}`);
}

/** Up to five names that one may have meant, the nearest first. */
export function nearNames(id: string, names: readonly string[]): readonly string[] {
  const wanted = id.slice(0, MAX_SHOWN_ID_LENGTH).toLowerCase();
  return names
    .map((name) => ({ name, distance: likeness(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= MAX_DISTANCE)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_SUGGESTIONS)
    .map(({ name }) => name);
}

function refused(code: keyof typeof GRPC_STATUS, details: string): FoundNode {
  return { kind: 'refused', end: { code: GRPC_STATUS[code], details } };
}

/** A part of a name counts as one edit, so that `payments` finds `payments-1`. */
function likeness(id: string, name: string): number {
  return name.startsWith(id) || id.startsWith(name) ? 1 : editDistance(id, name);
}
