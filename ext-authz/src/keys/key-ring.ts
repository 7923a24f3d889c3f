import type { KeyObject } from 'node:crypto';

import type { Algorithm } from './algorithm.ts';

/** A key whose signatures are accepted. Its key material is a KeyObject, which prints as nothing. */
export interface SigningKey {
  readonly id: string;
  /** Principal in whose name the key signs. */
  readonly owner: string;
  readonly algorithm: Algorithm;
  /** Secret for hmac-sha256, public key for all others; parsed once, at load. */
  readonly key: KeyObject;
  /** Names the secret or public key where nonces are remembered, and tells nothing of it. */
  readonly nonceScope: string;
  /** Unix milliseconds, inclusive. Undefined: no bound on that side. */
  readonly notBeforeMs: number | undefined;
  readonly notAfterMs: number | undefined;
  readonly isRevoked: boolean;
  /** Of a key that was fetched: until when the answer is good. Unix milliseconds; absent: for ever. */
  readonly staleAfterMs?: number;
}

/** The keys of one KeySet; never changed, only replaced as a whole. A ReadonlyMap by id is one. */
export interface KeyRing {
  get(id: string): SigningKey | undefined;
  values(): Iterable<SigningKey>;
  /** Asks the source of the set for an id that is not here; bounded and rate limited. Absent: the ring is complete. */
  readonly lookUp?: (id: string) => Promise<SigningKey | undefined>;
}

/** Whether a key may be used now, and if not, why. Retiring: valid, and its end is known. */
export type KeyState = 'pending' | 'active' | 'retiring' | 'revoked' | 'expired';

/** The state of a key at a moment. A revoked key stays revoked whatever its dates. */
export function keyState(key: SigningKey, nowMs: number): KeyState {
  if (key.isRevoked) return 'revoked';
  if (key.staleAfterMs !== undefined && nowMs > key.staleAfterMs) return 'expired';
  if (key.notBeforeMs !== undefined && nowMs < key.notBeforeMs) return 'pending';
  if (key.notAfterMs === undefined) return 'active';
  return nowMs > key.notAfterMs ? 'expired' : 'retiring';
}
