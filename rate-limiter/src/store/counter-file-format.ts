import { crc32 } from 'node:zlib';

import { DIGEST_KEY_BYTES, DIGEST_WORDS } from '@paymesh/common/keyed-digest';

import { SLICES, type State } from '../algorithm/index.ts';
import type { CounterRecord } from './counter-memory.ts';

/**
 * The file of counters: a header, then records of one size, of which the last of a counter holds.
 *
 *     header  magic (16 bytes), version (4), key of the digests (16), zeros (24), checksum (4)
 *     record  kind (1), how many numbers (1), digest (16), group (4), end in ms since 1970 (6),
 *             numbers of the state (12 doubles), checksum (4)
 *
 * Numbers are big-endian, checksums CRC-32 of all before them. No record crosses a page of the disk.
 */
export const HEADER_BYTES = 64;
/** Bytes of a record. */
export const RECORD_BYTES = 128;
/** The one that is written, and read. */
export const FILE_VERSION = 1;

const MAGIC = Buffer.from('paymesh-counters');
const VERSION_AT = MAGIC.length;
const KEY_AT = VERSION_AT + 4;
const DIGEST_AT = 2;
const GROUP_AT = DIGEST_AT + DIGEST_WORDS * 4;
const END_AT = GROUP_AT + 4;
const END_BYTES = 6;
const NUMBERS_AT = END_AT + END_BYTES;
/** Slices have most: their counts and which is the newest. */
const MAX_NUMBERS = SLICES + 2;
const MAX_END_MS = 2 ** (END_BYTES * 8) - 1;
const KIND = { window: 1, bucket: 2, slices: 3 } as const;

/** A header for digests with this key. */
export function encodeHeader(digestKey: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32BE(FILE_VERSION, VERSION_AT);
  header.set(digestKey, KEY_AT);
  seal(header);
  return header;
}

/** `foreign`: the file is something else, or its key cannot be trusted. */
export type Header =
  | { readonly kind: 'header'; readonly digestKey: Uint8Array }
  | { readonly kind: 'other_version'; readonly version: number }
  | { readonly kind: 'foreign' };

/** Reads what a file begins with: HEADER_BYTES, or all there is. */
export function decodeHeader(bytes: Buffer): Header {
  if (bytes.length !== HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC) || !isSealed(bytes))
    return { kind: 'foreign' };
  const version = bytes.readUInt32BE(VERSION_AT);
  if (version !== FILE_VERSION) return { kind: 'other_version', version };
  return { kind: 'header', digestKey: bytes.subarray(KEY_AT, KEY_AT + DIGEST_KEY_BYTES) };
}

/** Writes a record into `into`, RECORD_BYTES long. */
export function encodeRecord({ digest, group, state, endMs }: CounterRecord, into: Buffer): void {
  const { kind, numbers } = numbersOf(state);
  into.fill(0);
  into.writeUInt8(kind, 0);
  into.writeUInt8(numbers.length, 1);
  for (let word = 0; word < DIGEST_WORDS; word += 1)
    into.writeUInt32BE(digest.words[digest.at + word] ?? 0, DIGEST_AT + word * 4);
  into.writeUInt32BE(group, GROUP_AT);
  into.writeUIntBE(Math.min(MAX_END_MS, Math.max(0, Math.ceil(endMs))), END_AT, END_BYTES);
  for (const [index, number] of numbers.entries()) into.writeDoubleBE(number, NUMBERS_AT + index * 8);
  seal(into);
}

/** Reads a record; undefined when it is torn or damaged. */
export function decodeRecord(record: Buffer): CounterRecord | undefined {
  if (record.length !== RECORD_BYTES || !isSealed(record)) return undefined;
  const count = record.readUInt8(1);
  if (count < 1 || count > MAX_NUMBERS) return undefined;
  const numbers: number[] = [];
  for (let at = NUMBERS_AT; numbers.length < count; at += 8) numbers.push(record.readDoubleBE(at));
  const state = stateOf(record.readUInt8(0), numbers);
  if (state === undefined) return undefined;
  const words = new Uint32Array(DIGEST_WORDS);
  for (let word = 0; word < DIGEST_WORDS; word += 1) words[word] = record.readUInt32BE(DIGEST_AT + word * 4);
  const group = record.readUInt32BE(GROUP_AT);
  return { digest: { words, at: 0 }, group, state, endMs: record.readUIntBE(END_AT, END_BYTES) };
}

function numbersOf(state: State): { readonly kind: number; readonly numbers: readonly number[] } {
  if (typeof state === 'number') return { kind: KIND.window, numbers: [state] };
  if ('level' in state) return { kind: KIND.bucket, numbers: [state.level, state.atMs] };
  return { kind: KIND.slices, numbers: [state.newest, ...state.counts] };
}

function stateOf(kind: number, [first = 0, ...more]: readonly number[]): State | undefined {
  switch (kind) {
    case KIND.window:
      return first;
    case KIND.bucket:
      return { level: first, atMs: more[0] ?? 0 };
    case KIND.slices:
      return { newest: first, counts: more };
    default:
      return undefined;
  }
}

function seal(bytes: Buffer): void {
  const at = bytes.length - 4;
  bytes.writeUInt32BE(crc32(bytes.subarray(0, at)), at);
}

function isSealed(bytes: Buffer): boolean {
  const at = bytes.length - 4;
  return bytes.readUInt32BE(at) === crc32(bytes.subarray(0, at));
}
