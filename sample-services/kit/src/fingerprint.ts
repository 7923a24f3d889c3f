import { createHash } from 'node:crypto';

/** SHA-256 of the canonical form of a JSON value, in hex: equal for bodies that differ only in key order or space. */
export function fingerprint(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** JSON with sorted keys and no space, after RFC 8785 for the values that JSON.parse gives. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner);
    // From entries, not by assignment: a key named __proto__ must count like any other.
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}
