import type { Mode } from '@paymesh/common/policy';

import type { KeyRing } from '../keys/index.ts';

/** A SigningPolicy ready to be applied. */
export interface Rule {
  /** `namespace/name`. */
  readonly policyId: string;
  readonly mode: Mode;
  readonly keys: KeyRing;
  /** Names of the headers that carry the signature, lower case. */
  readonly headers: {
    readonly keyId: string;
    readonly timestamp: string;
    readonly nonce: string;
    readonly signature: string;
  };
  /** Further headers that the signature covers, lower case, in the policy's order. */
  readonly covered: readonly string[];
  readonly windowMs: number;
  readonly skewMs: number;
  /** How long a nonce is remembered: as long as any policy with these keys may accept its request. */
  readonly rememberMs: number;
  readonly nonceStore: 'embedded' | 'redis';
  readonly maxBodyBytes: number;
}

/** All rules by policy id; never changed, only replaced as a whole. */
export type RuleSet = ReadonlyMap<string, Rule>;
