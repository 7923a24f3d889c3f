/** What a store says to a claim. Only `fresh` lets a request through. */
export type NonceClaim = 'fresh' | 'replayed' | 'full' | 'unavailable';

/** Remembers what was used. Every implementation passes `nonce-store.contract.ts`. */
export interface NonceStore {
  /**
   * Claims a key for at least `ttlMs`; of any number of claims at once exactly one is `fresh`.
   * Never rejects: a store that cannot tell says `unavailable`.
   */
  claim(key: string, ttlMs: number): Promise<NonceClaim>;
  /** Frees what the store holds. Claims after it are `unavailable`. */
  close(): Promise<void>;
}
