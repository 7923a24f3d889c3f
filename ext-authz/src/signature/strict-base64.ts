/** Longest text taken unless said otherwise: an RSA signature of 8192 bits. */
const MAX_SIGNATURE_CHARS = 1_368;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/**
 * Bytes of standard base64 (RFC 4648 section 4) in its one right spelling: padded, no spaces, no URL alphabet, spare
 * bits zero. Undefined for anything else; nothing is repaired.
 */
export function decodeBase64(text: string, maxChars = MAX_SIGNATURE_CHARS): Buffer | undefined {
  if (text.length > maxChars || !BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
