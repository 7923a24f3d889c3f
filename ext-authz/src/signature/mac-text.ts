/** Standard base64 of exactly 32 bytes in its one right spelling: the last digit's two spare bits are 0. */
const BASE64_MAC = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const HEX_MAC = /^[0-9a-f]{64}$/;

/** The 32 bytes of a MAC in padded base64. */
export function parseBase64Mac(text: string): Buffer | undefined {
  return BASE64_MAC.test(text) ? Buffer.from(text, 'base64') : undefined;
}

/** The 32 bytes of a MAC in lower-case hexadecimal. */
export function parseHexMac(text: string): Buffer | undefined {
  return HEX_MAC.test(text) ? Buffer.from(text, 'hex') : undefined;
}
