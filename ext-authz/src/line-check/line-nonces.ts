import type { NonceClaim } from '../replay/index.ts';

/** Most nonces remembered, of all stores together. */
const MAX_NONCES = 2_000_000;

/** Nonces of lines, which bring their own time: kept apart by store, each until its end on the clock of its line. */
export interface LineNonces {
  claim(store: string, key: string, nowMs: number, ttlMs: number): NonceClaim;
}

/** One table for all stores, so that a store may have one nonce or a million. A clock that steps back forgets nothing. */
export function createLineNonces(): LineNonces {
  const ends = new Map<string, number>();
  return {
    claim: (store, key, nowMs, ttlMs) => {
      // The length keeps two stores apart whose texts run into the key.
      const place = `${store.length} ${store}${key}`;
      const endMs = ends.get(place);
      if (endMs !== undefined && nowMs <= endMs) return 'replayed';
      if (endMs === undefined && ends.size >= MAX_NONCES) return 'full';
      ends.set(place, nowMs + ttlMs);
      return 'fresh';
    },
  };
}
