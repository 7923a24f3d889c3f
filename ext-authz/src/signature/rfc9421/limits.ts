/** Most signatures that a message may carry, chosen or not. */
export const MAX_LABELS = 4;
/** Most components that one signature may cover. */
export const MAX_COMPONENTS = 64;
/** Longest Signature or Signature-Input field, all lines together, in bytes. */
export const MAX_FIELD_BYTES = 8_192;
/** Longest text that is signed, in bytes. */
export const MAX_BASE_BYTES = 131_072;
/** Longest keyid, in characters. */
export const MAX_KEYID_LENGTH = 256;
/** Longest nonce, in characters. */
export const MAX_NONCE_LENGTH = 256;
/** Most parameters in a query of which one is covered. */
export const MAX_QUERY_PARAMS = 1_024;
