import { createPublicKey, type KeyObject } from 'node:crypto';

/** Length of a DER element's header at an offset, and of its content, in bytes (X.690 section 8.1.3). */
function elementAt(der: Buffer, at: number): { readonly content: number; readonly end: number } {
  const first = der.readUInt8(at + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const content = at + 2 + lengthBytes;
  return { content, end: content + (lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes)) };
}

/**
 * The same key without the parameters of id-RSASSA-PSS (RFC 4055): Paymesh fixes them itself, and a modulus must be
 * one key whichever way it is written. Throws for a key of another type.
 */
export function plainRsaKey(key: KeyObject): KeyObject {
  const spki = key.export({ type: 'spki', format: 'der' });
  const algorithm = elementAt(spki, elementAt(spki, 0).content);
  // A BIT STRING begins with the number of bits that its last byte leaves out, here none.
  const rsaPublicKey = spki.subarray(elementAt(spki, algorithm.end).content + 1);
  return createPublicKey({ key: rsaPublicKey, type: 'pkcs1', format: 'der' });
}
