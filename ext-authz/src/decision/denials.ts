/** HTTP statuses of a denial. There is no way to write one without a status. */
export type DenialStatus = 400 | 401 | 403 | 409 | 413 | 503;

/** What a client is told. Few on purpose: a code never says what would help forging. */
export type DenialCode =
  | 'missing_signature'
  | 'bad_signature'
  | 'bad_digest'
  | 'insufficient_coverage'
  | 'stale_timestamp'
  | 'key_not_valid'
  | 'bad_identity'
  | 'access_denied'
  | 'replayed_nonce'
  | 'bad_amount'
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
  bad_digest: denial(401, 'bad_digest', 'The digest is missing or not that of the body.'),
  insufficient_coverage: denial(401, 'insufficient_coverage', 'The signature covers less than is required.'),
  stale_timestamp: denial(401, 'stale_timestamp', 'The timestamp is outside the accepted window.'),
  key_not_valid: denial(403, 'key_not_valid', 'The key is revoked, expired or not valid yet.'),
  bad_identity: denial(401, 'bad_identity', 'The caller has not proven who it is.'),
  access_denied: denial(403, 'access_denied', 'The caller may not do this.'),
  replayed_nonce: denial(409, 'replayed_nonce', 'The nonce was used before.'),
  bad_amount: denial(400, 'bad_amount', 'The amount is missing, not a whole number, or too large.'),
  body_too_large: denial(413, 'body_too_large', 'The body is larger than accepted here.'),
  store_unavailable: denial(503, 'store_unavailable', 'The request cannot be checked right now.'),
  policy_unavailable: denial(503, 'policy_unavailable', 'The request cannot be checked right now.'),
};

const CODE_OF_REASON = {
  missing_signature: 'missing_signature',
  // One code for all that a forger could tell apart by trying.
  repeated_header: 'bad_signature',
  unclean_header: 'bad_signature',
  missing_component: 'bad_signature',
  repeated_component: 'bad_signature',
  unknown_component: 'bad_signature',
  duplicate_label: 'bad_signature',
  duplicate_parameter: 'bad_signature',
  ambiguous_signature: 'bad_signature',
  oversized_signature: 'bad_signature',
  malformed_parameter: 'bad_signature',
  unsupported_algorithm: 'bad_signature',
  algorithm_mismatch: 'bad_signature',
  key_owner_mismatch: 'bad_signature',
  malformed_body: 'bad_signature',
  malformed_authority: 'bad_signature',
  // A probe of the provider, which must be refused and is nothing to wake anybody for.
  signature_probe: 'bad_signature',
  malformed_key_id: 'bad_signature',
  malformed_nonce: 'bad_signature',
  malformed_signature: 'bad_signature',
  malformed_target: 'bad_signature',
  unknown_key: 'bad_signature',
  bad_signature: 'bad_signature',
  // Needs no secret to find out.
  missing_digest: 'bad_digest',
  malformed_digest: 'bad_digest',
  unsupported_digest: 'bad_digest',
  digest_mismatch: 'bad_digest',
  // Told only to whoever has just signed something with a key that is known.
  insufficient_coverage: 'insufficient_coverage',
  missing_parameter: 'insufficient_coverage',
  missing_nonce: 'insufficient_coverage',
  // A client's own clock or unit is wrong: saying so gives a forger nothing.
  malformed_timestamp: 'stale_timestamp',
  stale_timestamp: 'stale_timestamp',
  future_timestamp: 'stale_timestamp',
  expired_signature: 'stale_timestamp',
  // Told only to whoever has just proven to hold the key.
  revoked_key: 'key_not_valid',
  expired_key: 'key_not_valid',
  pending_key: 'key_not_valid',
  missing_identity: 'bad_identity',
  malformed_token: 'bad_identity',
  bad_token: 'bad_identity',
  expired_token: 'bad_identity',
  unbound_token: 'bad_identity',
  identity_unavailable: 'policy_unavailable',
  access_denied: 'access_denied',
  // An expression that cannot be evaluated on this request says nothing in its favour.
  access_error: 'access_denied',
  replayed_nonce: 'replayed_nonce',
  // Limits count by it.
  bad_amount: 'bad_amount',
  partial_body: 'body_too_large',
  body_too_large: 'body_too_large',
  store_unavailable: 'store_unavailable',
  store_full: 'store_unavailable',
  body_unavailable: 'policy_unavailable',
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
