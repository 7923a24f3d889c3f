/** HTTP statuses of a denial. There is no way to write one without a status. */
export type DenialStatus = 401 | 403 | 409 | 413 | 503;

/** What a client is told. Few on purpose: a code never says what would help forging. */
export type DenialCode =
  | 'missing_signature'
  | 'bad_signature'
  | 'stale_timestamp'
  | 'key_not_valid'
  | 'replayed_nonce'
  | 'body_too_large'
  | 'store_unavailable'
  | 'policy_unavailable';

/** Why exactly, for metrics and the audit; never sent to a client. */
export type DenialReason = keyof typeof CODE_OF_REASON;

/** A denial as the client sees it. */
export interface Denial {
  readonly status: DenialStatus;
  readonly code: DenialCode;
  readonly title: string;
}

const DENIALS: Readonly<Record<DenialCode, Denial>> = {
  missing_signature: denial(401, 'missing_signature', 'The request is not signed.'),
  bad_signature: denial(401, 'bad_signature', 'The signature is not valid.'),
  stale_timestamp: denial(401, 'stale_timestamp', 'The timestamp is outside the accepted window.'),
  key_not_valid: denial(403, 'key_not_valid', 'The key is revoked, expired or not valid yet.'),
  replayed_nonce: denial(409, 'replayed_nonce', 'The nonce was used before.'),
  body_too_large: denial(413, 'body_too_large', 'The body is larger than accepted here.'),
  store_unavailable: denial(503, 'store_unavailable', 'The request cannot be checked right now.'),
  policy_unavailable: denial(503, 'policy_unavailable', 'The request cannot be checked right now.'),
};

const CODE_OF_REASON = {
  missing_signature: 'missing_signature',
  // One code for all that a forger could tell apart by trying.
  repeated_header: 'bad_signature',
  unclean_header: 'bad_signature',
  missing_covered_header: 'bad_signature',
  malformed_key_id: 'bad_signature',
  malformed_nonce: 'bad_signature',
  malformed_signature: 'bad_signature',
  malformed_target: 'bad_signature',
  unknown_key: 'bad_signature',
  bad_signature: 'bad_signature',
  // A client's own clock or unit is wrong: saying so gives a forger nothing.
  malformed_timestamp: 'stale_timestamp',
  stale_timestamp: 'stale_timestamp',
  future_timestamp: 'stale_timestamp',
  // Told only to whoever has just proven to hold the key.
  revoked_key: 'key_not_valid',
  expired_key: 'key_not_valid',
  future_key: 'key_not_valid',
  replayed_nonce: 'replayed_nonce',
  partial_body: 'body_too_large',
  body_too_large: 'body_too_large',
  store_unavailable: 'store_unavailable',
  store_full: 'store_unavailable',
  withheld_body: 'policy_unavailable',
  missing_policy: 'policy_unavailable',
  unknown_policy: 'policy_unavailable',
  policy_off: 'policy_unavailable',
  malformed_check: 'policy_unavailable',
  internal_error: 'policy_unavailable',
} as const satisfies Readonly<Record<string, DenialCode>>;

/** Every reason there is. */
export const denialReasons = Object.keys(CODE_OF_REASON) as readonly DenialReason[];

/** The answer that goes with a reason. */
export function denialOf(reason: DenialReason): Denial {
  return DENIALS[CODE_OF_REASON[reason]];
}

function denial(status: DenialStatus, code: DenialCode, title: string): Denial {
  return { status, code, title };
}
