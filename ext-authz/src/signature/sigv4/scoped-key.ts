import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

import { type Scope, scopeText, TERMINATOR } from './scope.ts';

/** Derived keys that are kept for each secret: some days of some regions and services. */
const MAX_SCOPES = 100;
const PREFIX = Buffer.from('AWS4', 'latin1');

interface Derived {
  /** `AWS4` and the secret, which is taken out of its key object once. */
  readonly first: KeyObject;
  readonly byScope: Map<string, KeyObject>;
}

/** By the key object of the secret: a key that is dropped takes what was derived from it along. */
const derived = new WeakMap<KeyObject, Derived>();

/** The key that signs in a scope: four HMACs in a chain, from the secret over date, region and service. */
export function scopedKey(secret: KeyObject, scope: Scope): KeyObject {
  const { first, byScope } = derivedFrom(secret);
  const kept = byScope.get(scopeText(scope));
  if (kept !== undefined) return kept;
  const { date, region, service } = scope;
  return [date, region, service, TERMINATOR].reduce(
    (key, text) => createSecretKey(createHmac('sha256', key).update(text, 'latin1').digest()),
    first,
  );
}

/** Keeps a key that has proven a signature, so that nobody else fills the memory with scopes of their own. */
export function keepScopedKey(secret: KeyObject, scope: Scope, key: KeyObject): void {
  const { byScope } = derivedFrom(secret);
  byScope.set(scopeText(scope), key);
  const [oldest] = byScope.keys();
  if (byScope.size > MAX_SCOPES && oldest !== undefined) byScope.delete(oldest);
}

function derivedFrom(secret: KeyObject): Derived {
  const known = derived.get(secret);
  if (known !== undefined) return known;
  const first = createSecretKey(Buffer.concat([PREFIX, secret.export()]));
  const made = { first, byScope: new Map<string, KeyObject>() };
  derived.set(secret, made);
  return made;
}
