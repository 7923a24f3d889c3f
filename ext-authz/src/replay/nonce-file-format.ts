import { crc32 } from 'node:zlib';

import { DIGEST_KEY_BYTES, DIGEST_WORDS } from '@paymesh/common/keyed-digest';

/**
 * The file of nonces: a header, then records of one size, each of a nonce that is held or was.
 *
 *     header  magic (16 bytes), key of the digests (16), zeros (28), checksum (4)
 *     record  length (2 bytes), zeros (2), digest (16), end in ms since 1970 (8), checksum (4)
 *
 * Numbers are big-endian, checksums CRC-32 of all before them. No record crosses a page of the disk.
 */
export const HEADER_BYTES = 64;
/** Bytes of a record. */
export const RECORD_BYTES = 32;

const MAGIC = Buffer.from('paymesh-nonces1\n');
const DIGEST_AT = 4;
const END_AT = DIGEST_AT + DIGEST_WORDS * 4;
const TWO_TO_16 = 2 ** 16;
const TWO_TO_32 = 2 ** 32;

/** A header for digests with this key. */
export function encodeHeader(digestKey: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.set(digestKey, MAGIC.length);
  return seal(header);
}

/** `foreign`: the file is something else, or its key cannot be trusted. */
export type Header =
  | { readonly kind: 'header'; readonly digestKey: Uint8Array }
  /** Its writer was ended before the header was whole: there can be no record. */
  | { readonly kind: 'unfinished' }
  | { readonly kind: 'foreign' };

/** Reads what a file begins with: HEADER_BYTES, or all there is. */
export function decodeHeader(bytes: Buffer): Header {
  const magic = bytes.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length))) return { kind: 'foreign' };
  if (bytes.length < HEADER_BYTES) return { kind: 'unfinished' };
  if (!isSealed(bytes)) return { kind: 'foreign' };
  return { kind: 'header', digestKey: bytes.subarray(MAGIC.length, MAGIC.length + DIGEST_KEY_BYTES) };
}

/** Writes a record into `into`, RECORD_BYTES long; `endMs` in milliseconds since 1970, from 0 to 2^53. */
export function encodeRecord(digest: Uint32Array, endMs: number, into: Buffer): void {
  into.writeUInt32BE(RECORD_BYTES * TWO_TO_16, 0);
  for (let word = 0; word < DIGEST_WORDS; word += 1) {
    into.writeUInt32BE(digest[word] ?? 0, DIGEST_AT + word * 4);
  }
  into.writeUInt32BE(Math.floor(endMs / TWO_TO_32), END_AT);
  into.writeUInt32BE(endMs % TWO_TO_32, END_AT + 4);
  seal(into);
}

/** Reads a record into `digest` and gives its end; undefined when it is torn or damaged. */
export function decodeRecord(record: Buffer, digest: Uint32Array): number | undefined {
  if (record.length !== RECORD_BYTES || record.readUInt16BE(0) !== RECORD_BYTES || !isSealed(record)) {
    return undefined;
  }
  for (const index of digest.keys()) digest[index] = record.readUInt32BE(DIGEST_AT + index * 4);
  return record.readUInt32BE(END_AT) * TWO_TO_32 + record.readUInt32BE(END_AT + 4);
}

function seal(bytes: Buffer): Buffer {
  const at = bytes.length - 4;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, at)), at);
  return bytes;
}

function isSealed(bytes: Buffer): boolean {
  const at = bytes.length - 4;
  return bytes.readUInt32BE(at) === crc32(bytes.subarray(0, at));
}
