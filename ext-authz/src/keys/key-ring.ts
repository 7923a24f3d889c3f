import type { KeyObject } from 'node:crypto';

/** A key that may sign. Its secret is a KeyObject, which prints as nothing. */
export interface SigningKey {
  readonly id: string;
  /** Principal in whose name the key signs. */
  readonly owner: string;
  readonly secret: KeyObject;
  /** Names the secret where nonces are remembered, and tells nothing of it. */
  readonly nonceScope: string;
  /** Unix milliseconds, inclusive. Undefined: no bound on that side. */
  readonly notBeforeMs: number | undefined;
  readonly notAfterMs: number | undefined;
  readonly isRevoked: boolean;
}

/** The keys of one KeySet by id; never changed, only replaced as a whole. */
export type KeyRing = ReadonlyMap<string, SigningKey>;

/** Whether a key may be used now, and if not, why. */
export type KeyState = 'active' | 'revoked' | 'future' | 'expired';

/** The state of a key at a moment. A revoked key stays revoked whatever its dates. */
export function keyState(key: SigningKey, nowMs: number): KeyState {
  if (key.isRevoked) return 'revoked';
  if (key.notBeforeMs !== undefined && nowMs < key.notBeforeMs) return 'future';
  if (key.notAfterMs !== undefined && nowMs > key.notAfterMs) return 'expired';
  return 'active';
}
