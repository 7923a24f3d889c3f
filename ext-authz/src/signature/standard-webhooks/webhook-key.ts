import { createSecretKey, type KeyObject } from 'node:crypto';

import type { BoundKey } from '../crypto/index.ts';

const PREFIX = Buffer.from('whsec_', 'latin1');
/** The document wants 24; shorter than this can be guessed. */
const MIN_KEY_BYTES = 16;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** By key object, so that a secret is taken apart once and not for every request. */
const keys = new WeakMap<KeyObject, BoundKey | undefined>();

/**
 * The key that signs: a secret whose bytes are the text `whsec_` and base64 stands for what the base64 says, all
 * other keys for themselves. Undefined for such a text that is no base64, or of too few bytes.
 */
export function webhookKey(bound: BoundKey): BoundKey | undefined {
  if (bound.key.type !== 'secret') return bound;
  if (!keys.has(bound.key)) keys.set(bound.key, readKey(bound));
  return keys.get(bound.key);
}

function readKey(bound: BoundKey): BoundKey | undefined {
  const bytes = bound.key.export();
  if (!bytes.subarray(0, PREFIX.length).equals(PREFIX)) return bound;
  const text = bytes.subarray(PREFIX.length).toString('latin1');
  const key = Buffer.from(text, 'base64');
  if (!BASE64.test(text) || key.length < MIN_KEY_BYTES) return undefined;
  return { algorithm: bound.algorithm, key: createSecretKey(key) };
}
