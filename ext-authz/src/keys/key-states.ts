import type { Algorithm } from './algorithm.ts';
import { type KeyRing, type KeyState, keyState } from './key-ring.ts';

/** What operators may know of a key: all but its material. */
export interface ListedKey {
  readonly id: string;
  readonly owner: string;
  readonly algorithm: Algorithm;
  readonly state: KeyState;
  /** RFC 3339; null: for ever. */
  readonly notAfter: string | null;
}

/** The keys of a ring at a moment, fetched ones included. */
export function keyStates(ring: KeyRing, nowMs: number): readonly ListedKey[] {
  return [...ring.values()].map((key) => ({
    id: key.id,
    owner: key.owner,
    algorithm: key.algorithm,
    state: keyState(key, nowMs),
    notAfter: rfc3339(key.notAfterMs),
  }));
}

function rfc3339(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
