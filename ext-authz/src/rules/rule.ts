import type { Mode } from '@paymesh/common/policy';
import type { RefusalStyle } from '../decision/index.ts';
import type { KeyRing } from '../keys/index.ts';
import type { Profile } from '../signature/index.ts';

/** A SigningPolicy ready to be applied. */
export interface Rule {
  /** `namespace/name`. */
  readonly policyId: string;
  readonly mode: Mode;
  readonly verify: Verification;
  /** A second way of signing on trial: verified beside `verify` and counted, never enforced. */
  readonly candidate?: Verification | undefined;
  /** How long a nonce is remembered: as long as any policy with these keys may accept its request. */
  readonly rememberMs: number;
  readonly nonceStore: 'embedded' | 'redis';
  readonly onStoreDown: 'Deny' | 'Local';
  readonly maxBodyBytes: number;
  readonly refusal: RefusalStyle;
}

/** How a signature is judged. */
export interface Verification {
  readonly profile: Profile;
  readonly keys: KeyRing;
  /** Component identifiers that must be covered, serialised as in RFC 9421. */
  readonly cover: readonly string[];
  /** Oldest and furthest ahead that a signature may be. No window: it may be of any age, also of none. */
  readonly windowMs: number | undefined;
  readonly skewMs: number;
  readonly nonce: NonceRule;
  /** `owner`: an account that a message claims and does not sign must be the owner of the key. */
  readonly accounts: 'owner' | 'any';
}

export interface NonceRule {
  /**
   * `required`: the signature must carry one. `optional`: one that is there is used up. `derived`: where the scheme
   * has none, the signed text is used up in its place.
   */
  readonly use: 'required' | 'optional' | 'derived';
  /** Shortest nonce taken, in characters. */
  readonly minLength: number;
}

/** All rules by policy id; never changed, only replaced as a whole. */
export type RuleSet = ReadonlyMap<string, Rule>;
