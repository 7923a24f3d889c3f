import { createHmac, generateKeySync, type KeyObject, timingSafeEqual } from 'node:crypto';

import { canonicalText, type SignedParts } from './canonical.ts';

export interface VerifyRequest {
  readonly parts: SignedParts;
  readonly mac: Buffer;
  /** Undefined for a key id that nobody has. */
  readonly key: KeyObject | undefined;
}

/** Stands in for keys that do not exist, so that asking for one takes as long as a wrong signature. */
const NOBODY = generateKeySync('hmac', { length: 256 });

/** True only when the MAC is that of the parts under the key. Never true without a key. */
export function verifyHmac({ parts, mac, key }: VerifyRequest): boolean {
  const expected = computeMac(parts, key ?? NOBODY);
  // The length is that of the algorithm, not of the input: comparing it leaks nothing.
  const isEqual = mac.length === expected.length && timingSafeEqual(mac, expected);
  return isEqual && key !== undefined;
}

/** The 32-byte MAC of a request. */
export function computeMac(parts: SignedParts, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(canonicalText(parts), 'utf8').digest();
}
