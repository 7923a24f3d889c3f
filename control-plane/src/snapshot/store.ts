import type { MeshSnapshot, NodeSnapshot } from './model.ts';
import { snapshotFor } from './snapshot-for.ts';

/** Told the new snapshot of its node, in the same tick as the publish. Must not throw. */
export type SnapshotListener = (snapshot: NodeSnapshot) => void;

/** Holds the newest complete state of the mesh. Snapshots are immutable: readers keep references. */
export interface SnapshotStore {
  /** Undefined until the first complete state was published. */
  current(): MeshSnapshot | undefined;
  /** Undefined before the first publish and for a node that the mesh does not know. */
  get(node: string): NodeSnapshot | undefined;
  /** Replaces the state; false when it equals the current one and nobody was told. */
  publish(snapshot: MeshSnapshot): boolean;
  /**
   * Tells of each later change of one node; gives the way to end it. A node that vanishes is not told
   * of: its proxy keeps what it has, for an empty state would take it down.
   */
  subscribe(node: string, listener: SnapshotListener): () => void;
}

/** An empty store. */
export function createSnapshotStore(): SnapshotStore {
  const listeners = new Map<string, Set<SnapshotListener>>();
  let current: MeshSnapshot | undefined;
  return {
    current: () => current,
    get: (node) => snapshotFor(current, node),
    publish: (next) => {
      const before = current;
      if (before?.revision === next.revision) return false;
      current = next;
      for (const [node, group] of listeners) {
        const snapshot = snapshotFor(next, node);
        if (snapshot === undefined || snapshot.version === snapshotFor(before, node)?.version) continue;
        for (const listener of [...group]) listener(snapshot);
      }
      return true;
    },
    subscribe: (node, listener) => {
      const group = listeners.get(node) ?? new Set();
      listeners.set(node, group.add(listener));
      return () => {
        group.delete(listener);
        if (group.size === 0 && listeners.get(node) === group) listeners.delete(node);
      };
    },
  };
}
