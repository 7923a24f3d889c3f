import type { NonceClaim, NonceStore } from './nonce-store.ts';

export interface FallbackStoreOptions {
  /** Shared by all replicas. */
  readonly primary: NonceStore;
  /** Of this replica alone. */
  readonly local: NonceStore;
  /** Told of each claim that this replica decided alone, and how: for a counter. */
  readonly onLocal: (claim: NonceClaim) => void;
}

/**
 * Goes on from the local store while the primary cannot answer. Protection is then per replica: a nonce
 * used at one is good once at each other, and after the outage once at those that did not see it.
 * The local store learns every nonce that the primary gives, so that what this replica allowed before the
 * outage is refused in it, and what it allowed in the outage after it. Closing it closes both.
 */
export function createFallbackStore({ primary, local, onLocal }: FallbackStoreOptions): NonceStore {
  return {
    claim: async (key, ttlMs, attempt) => {
      const shared = await primary.claim(key, ttlMs, attempt);
      if (shared === 'replayed' || shared === 'full') return shared;
      const own = await local.claim(key, ttlMs, attempt);
      if (shared === 'fresh') return own === 'replayed' ? own : shared;
      onLocal(own);
      return own;
    },
    close: async () => {
      await Promise.all([primary.close(), local.close()]);
    },
  };
}

/** What a policy wants while the shared store cannot answer. */
export type OnStoreDown = 'Deny' | 'Local';

/** Gives the store for a policy's word: the primary alone for Deny, with its fallback for Local. */
export function createStoreChoice(options: FallbackStoreOptions): (word: OnStoreDown) => NonceStore {
  const withFallback = createFallbackStore(options);
  return (word) => {
    switch (word) {
      case 'Deny':
        return options.primary;
      case 'Local':
        return withFallback;
    }
  };
}
