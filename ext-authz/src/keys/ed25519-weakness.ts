/** The prime of the field, 2^255 - 19 (RFC 8032 section 5.1). */
const P = 2n ** 255n - 19n;
const SIGN_BIT = 2n ** 255n;

/** The y of the eight points of small order; each stands for both signs of x. */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/**
 * What is wrong with the 32 bytes of an Ed25519 public key, if anything is. For a point of small order anybody can
 * make signatures of any message; OpenSSL takes such keys, and also coordinates that are not reduced.
 */
export function ed25519Weakness(publicKey: Uint8Array): string | undefined {
  const y = littleEndian(publicKey) % SIGN_BIT;
  if (y >= P) return 'a point that is not canonical';
  return SMALL_ORDER_Y.has(y) ? 'a point of small order' : undefined;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
}
