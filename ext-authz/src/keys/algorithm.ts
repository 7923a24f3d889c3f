/** Signature algorithms by their names in the registry of RFC 9421 section 6.2.2. */
export const algorithms = [
  'hmac-sha256',
  'ed25519',
  'ecdsa-p256-sha256',
  'ecdsa-p384-sha384',
  'rsa-pss-sha512',
  'rsa-v1_5-sha256',
] as const;

/** One of them. A key has exactly one: what a message says of its algorithm is compared, never obeyed. */
export type Algorithm = (typeof algorithms)[number];
