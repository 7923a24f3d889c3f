import { timingSafeEqual } from 'node:crypto';

import { signBytes } from './sign-bytes.ts';
import { type BoundKey, verifyBytes } from './verify-bytes.ts';

/**
 * True when one of the signatures is that of the bytes, as while a secret is rolled. The MAC of a large body is made
 * once however many are offered. Callers bound how many that are. Never throws.
 */
export function verifyAny(bound: BoundKey, signed: Uint8Array, signatures: readonly Uint8Array[]): boolean {
  if (bound.algorithm !== 'hmac-sha256') {
    return signatures.some((signature) => verifyBytes(bound, signed, signature));
  }
  if (bound.key.type !== 'secret') return false;
  const mac = signBytes(bound, signed);
  // All are compared, so that time does not tell which one it was.
  return signatures.filter((one) => one.length === mac.length && timingSafeEqual(one, mac)).length > 0;
}
