import type { Clock } from '@paymesh/common/clock';

import type { NonceStore } from './nonce-store.ts';

export interface EmbeddedStoreOptions {
  /** Most nonces remembered at once; a claim beyond is `full`. Default 1 000 000. */
  readonly maxEntries?: number;
  /** Default a monotonic clock: a step of the wall clock must not make the store forget. */
  readonly clock?: Clock;
}

export interface EmbeddedStore extends NonceStore {
  /** Nonces remembered now. */
  size(): number;
}

const DEFAULT_MAX_ENTRIES = 1_000_000;
/** Width of a bucket of expiry times. */
const SLOT_MS = 1_000;

/**
 * Nonces in the memory of this process: for one replica, forgotten at a restart. It evicts nothing
 * before its time, since an evicted nonce could be replayed; when full it refuses.
 *
 * Keys lie in buckets by the second in which they expire. Each is looked at once more, when its bucket
 * is dropped, so a claim costs O(1) amortised however many there are.
 */
export function createEmbeddedStore(options: EmbeddedStoreOptions = {}): EmbeddedStore {
  const { maxEntries = DEFAULT_MAX_ENTRIES, clock = monotonicClock } = options;
  const keys = new Set<string>();
  const keysOfSlot = new Map<number, string[]>();
  let sweptSlot = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  function sweep(): void {
    const slot = Math.floor(clock.now() / SLOT_MS);
    if (slot <= sweptSlot) return;
    sweptSlot = slot;
    for (const [expiry, expired] of keysOfSlot) {
      if (expiry >= slot) continue;
      for (const key of expired) keys.delete(key);
      keysOfSlot.delete(expiry);
    }
  }

  return {
    claim: async (key, ttlMs) => {
      if (isClosed) return 'unavailable';
      sweep();
      if (keys.has(key)) return 'replayed';
      if (keys.size >= maxEntries) return 'full';
      keys.add(key);
      append(keysOfSlot, Math.floor((clock.now() + ttlMs) / SLOT_MS), key);
      return 'fresh';
    },
    size: () => {
      sweep();
      return keys.size;
    },
    close: async () => {
      isClosed = true;
      keys.clear();
      keysOfSlot.clear();
    },
  };
}

const monotonicClock: Clock = { now: () => performance.now() };

function append(keysOfSlot: Map<number, string[]>, slot: number, key: string): void {
  const bucket = keysOfSlot.get(slot);
  if (bucket === undefined) keysOfSlot.set(slot, [key]);
  else bucket.push(key);
}
