import type { Resource } from '../snapshot/index.ts';

/** Lists of clusters by their version, as they were sent to any proxy. */
export interface KnownLists {
  remember(version: string, resources: ReadonlyMap<string, Resource>): void;
  find(version: string): ReadonlyMap<string, Resource> | undefined;
}

/**
 * Remembers the newest lists, so that a proxy that lost its stream and comes back with an older state
 * is brought from that state to the present one step by step, as if it had never been away. Versions
 * are content hashes: one list serves all proxies that were sent it.
 */
export function createKnownLists(limit: number): KnownLists {
  const lists = new Map<string, ReadonlyMap<string, Resource>>();
  return {
    remember: (version, resources) => {
      lists.delete(version);
      lists.set(version, resources);
      const [oldest] = lists.keys();
      if (lists.size > limit && oldest !== undefined) lists.delete(oldest);
    },
    find: (version) => lists.get(version),
  };
}
