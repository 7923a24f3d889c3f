/** What a store says to a claim. Only `fresh` lets a request through. */
export type NonceClaim = 'fresh' | 'replayed' | 'full' | 'unavailable';

/** Remembers what was used. Every implementation passes `nonce-store.contract.ts`. */
export interface NonceStore {
  /**
   * Claims a key for at least `ttlMs`; of any number of claims at once exactly one is `fresh`.
   * `attempt` names the one HTTP request for which it is claimed, by what no client can set: the same
   * attempt may claim its key again within IDEMPOTENT_MS, for Envoy may ask twice. Without it nobody may.
   * Never rejects: a store that cannot tell says `unavailable`.
   */
  claim(key: string, ttlMs: number, attempt?: string): Promise<NonceClaim>;
  /** Frees what the store holds. Claims after it are `unavailable`. */
  close(): Promise<void>;
}

/** So long after its first claim of a key an attempt may claim it again. */
export const IDEMPOTENT_MS = 2_000;
