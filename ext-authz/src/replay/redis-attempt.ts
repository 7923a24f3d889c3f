import { hash } from 'node:crypto';

import { IDEMPOTENT_MS } from './nonce-store.ts';

/** Hex digits of an attempt's digest: 16 bytes. */
const DIGEST_DIGITS = 32;
const NO_ATTEMPT = '-';

/**
 * The value of a nonce in Redis, `DIGEST TTL`: which attempt claimed it, not to be read back from it,
 * and for how many milliseconds, from which its age follows by the clock of Redis alone.
 */
export function attemptValue(attempt: string | undefined, ttlMs: number): string {
  const digest = attempt === undefined ? NO_ATTEMPT : digestOf(attempt);
  return `${digest} ${ttlMs}`;
}

/** What Redis said of a nonce that is held. */
export interface HeldNonce {
  /** As `attemptValue` made it; null when it ended meanwhile. */
  readonly value: unknown;
  /** Milliseconds; negative for none. */
  readonly remainingMs: unknown;
}

/** True when it was this attempt that claimed the nonce, not longer than IDEMPOTENT_MS ago. */
export function isSameAttempt(attempt: string, { value, remainingMs }: HeldNonce): boolean {
  if (typeof value !== 'string' || typeof remainingMs !== 'number' || remainingMs < 0) return false;
  const [digest, ttlMs] = value.split(' ');
  // A value of an older version has no time: NaN, which is not the same attempt.
  return digest === digestOf(attempt) && Number(ttlMs) - remainingMs <= IDEMPOTENT_MS;
}

function digestOf(attempt: string): string {
  return hash('sha256', attempt, 'hex').slice(0, DIGEST_DIGITS);
}
