import type { Jwks } from '@paymesh/common/jwks';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';

/** Gives the keys of an issuer; `unavailable` when there are none to be had. */
export interface TokenKeys {
  find(kid: string | undefined, nowMs: number): Promise<JWTVerifyGetKey | 'unavailable'>;
}

/** Keys that were read with the policies. */
export function fixedKeys(jwks: Jwks): TokenKeys {
  const keys = keyFinder(jwks);
  return { find: async () => keys };
}

/** jose finds a key by kid and algorithm; a copy, for its types want lists that can be changed. */
export function keyFinder({ keys }: Jwks): JWTVerifyGetKey {
  return createLocalJWKSet({ keys: keys.map((key) => ({ ...key })) });
}
