import type { BoundKey } from './crypto/index.ts';

/** A request about to be sent. */
export interface OutgoingRequest {
  readonly method: string;
  /** `https` or `http`. */
  readonly scheme: string;
  /** Host and port as they will be sent in Host or `:authority`. */
  readonly authority: string;
  /** Path with query, exactly as it will be sent. */
  readonly target: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

export type HeaderPair = readonly [name: string, value: string];

/** Key to sign with: a secret for hmac-sha256, else a private key. */
export interface PrivateSigningKey extends BoundKey {
  readonly id: string;
  /** Whom the key signs for, where a message names it beside the key: an mchid, an app_id. */
  readonly account?: string | undefined;
}

/** What a signer needs besides the request; randomness and time are arguments. */
export interface SignContext {
  readonly key: PrivateSigningKey;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** Never used before with this key; of letters, digits, `-` and `_`. Schemes without a nonce leave it alone. */
  readonly nonce: string;
}

/** What to send so that the request verifies. */
export interface SignedRequest {
  /** Headers to add to (or put in the place of) those of the request. */
  readonly headers: readonly HeaderPair[];
  /** Given: takes the place of the body (schemes that sign inside a form or a document). */
  readonly body?: Uint8Array;
  /** Given: takes the place of the target. */
  readonly target?: string;
  /** The text that was signed, for people who compare. */
  readonly base: Uint8Array;
}

/** Signs in one scheme. Pure; throws on a request that the scheme cannot sign. */
export type Signer<Profile> = (
  request: OutgoingRequest,
  profile: Profile,
  context: SignContext,
) => SignedRequest;
