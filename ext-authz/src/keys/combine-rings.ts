import type { KeyRing, SigningKey } from './key-ring.ts';

/**
 * Rings as one, which sees what each of them holds at that moment. An id, and a secret or public key, belongs to the
 * first ring that has it: later ones can add keys and give no key another name or owner.
 */
export function combineRings(first: ReadonlyMap<string, SigningKey>, others: readonly KeyRing[]): KeyRing {
  if (others.length === 0) return first;
  const rings = [first, ...others];
  const ownScopes = new Set([...first.values()].map(({ nonceScope }) => nonceScope));
  const isTaken = ({ nonceScope }: SigningKey, at: number) =>
    (at > 0 && ownScopes.has(nonceScope)) || others.slice(0, Math.max(0, at - 1)).some(hasScope(nonceScope));
  const get = (id: string): SigningKey | undefined => {
    for (const [at, ring] of rings.entries()) {
      const key = ring.get(id);
      if (key !== undefined) return isTaken(key, at) ? undefined : key;
    }
    return undefined;
  };
  return {
    get,
    values: () => rings.flatMap((ring) => [...ring.values()]).filter((key) => get(key.id) === key),
    lookUp: async (id) => {
      if (get(id) === undefined) await Promise.all(others.map(async (ring) => ring.lookUp?.(id)));
      return get(id);
    },
  };
}

function hasScope(scope: string): (ring: KeyRing) => boolean {
  return (ring) => [...ring.values()].some(({ nonceScope }) => nonceScope === scope);
}
