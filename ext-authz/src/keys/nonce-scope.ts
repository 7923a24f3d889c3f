import { createHmac, hash, type KeyObject } from 'node:crypto';

import type { Secret } from '@paymesh/common/secret';

/**
 * No id: what a secret signed is good wherever that secret is, under whatever name of a key, set or policy.
 * A MAC, so that secrets which sign alike have one scope: HMAC pads short keys with zeros and hashes long ones.
 */
export function scopeOfSecret(secret: Secret): string {
  return createHmac('sha256', secret.reveal()).update('paymesh nonce scope').digest('base64url');
}

/** SHA-256 of the public key as canonical SPKI (RFC 5280 section 4.1.2.7), so that one key has one scope. */
export function scopeOfPublicKey(key: KeyObject): string {
  return hash('sha256', key.export({ type: 'spki', format: 'der' }), 'base64url');
}
