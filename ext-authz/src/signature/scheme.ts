import type { DenialReason } from '../decision/index.ts';
import type { Algorithm, SigningKey } from '../keys/index.ts';
import type { Message } from '../message/index.ts';
import type { BoundKey } from './crypto/index.ts';

/** A message whose body is known to be whole. */
export interface SignedMessage {
  readonly message: Message;
  readonly body: Uint8Array;
}

/**
 * How one way of signing is verified. It reads the form and rebuilds what was signed; whose key it is, whether
 * the key may sign, age, coverage and replay are decided by the pipeline, alike for all schemes.
 */
export interface Scheme<Profile> {
  /** Algorithms that a key must have to be used with this profile; the first stands in for unknown keys. */
  algorithms(profile: Profile): readonly [Algorithm, ...Algorithm[]];
  /** Finds and reads the signature. Pure; nothing in what it gives is proven; never throws on any message. */
  present(signed: SignedMessage, profile: Profile): Presentation;
}

export type Presentation =
  /** The message carries no signature of this scheme. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'refused'; readonly reason: DenialReason }
  | { readonly kind: 'presented'; readonly presented: Presented };

/** A well-formed signature: who is said to have made it, over what, when. */
export interface Presented {
  readonly signer: ClaimedSigner;
  /** What the message says of its algorithm. Given, it must be that of the key. */
  readonly algorithm?: Algorithm | undefined;
  /** Unix milliseconds. Undefined where the scheme or the signature has none. */
  readonly createdMs?: number | undefined;
  readonly expiresMs?: number | undefined;
  /** Undefined: the scheme has none, or the signature left it out. */
  readonly nonce?: string | undefined;
  /**
   * What the signature covers, as identifiers of RFC 9421 (`"@method"`, `"content-digest"` for the very body,
   * `"x-amount"`); of fixed schemes what their text holds.
   */
  readonly covered: readonly string[];
  /** The exact text that was signed. */
  base(): Uint8Array;
  /** True only for the key that signed. Never throws; constant time where the key is a secret. */
  prove(key: BoundKey): boolean;
}

export type ClaimedSigner =
  /** Ids to look for, in order; the first that exists is the key. `account`: a name that is claimed beside it: not signed, or signed by a key that need not be its own. */
  | { readonly kind: 'named'; readonly ids: readonly string[]; readonly account?: string }
  /** The scheme names no key (Stripe, Adyen): each key of the set, up to a bound. */
  | { readonly kind: 'unnamed' };

/** Who signed and what, once proven. */
export interface Claims {
  readonly key: SigningKey;
  readonly presented: Presented;
}

/** Says no. */
export function refused(reason: DenialReason): Presentation {
  return { kind: 'refused', reason };
}
