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

/** The algorithms of public keys. */
export type PublicKeyAlgorithm = Exclude<Algorithm, 'hmac-sha256'>;

const SHORT: Readonly<Record<string, Algorithm>> = {
  'ecdsa-p256': 'ecdsa-p256-sha256',
  'ecdsa-p384': 'ecdsa-p384-sha384',
};

/** The algorithm of a name, also of the short ones for ECDSA; undefined for any other word. */
export function algorithmOf(name: string): Algorithm | undefined {
  return Object.hasOwn(SHORT, name) ? SHORT[name] : algorithms.find((algorithm) => algorithm === name);
}
