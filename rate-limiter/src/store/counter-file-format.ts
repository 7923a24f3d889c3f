import { DIGEST_KEY_BYTES, DIGEST_WORDS } from '@paymesh/common/keyed-digest';

import { SLICES, type State } from '../algorithm/index.ts';
import type { CounterRecord } from './counter-memory.ts';
import { crc32Of } from './crc32.ts';

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
  seal(header, 0, HEADER_BYTES);
  return header;
}

/** `foreign`: the file is something else, or its key cannot be trusted. */
export type Header =
  | { readonly kind: 'header'; readonly digestKey: Uint8Array }
  | { readonly kind: 'other_version'; readonly version: number }
  | { readonly kind: 'foreign' };

/** Reads what a file begins with: HEADER_BYTES, or all there is. */
export function decodeHeader(bytes: Buffer): Header {
  if (
    bytes.length !== HEADER_BYTES ||
    !bytes.subarray(0, MAGIC.length).equals(MAGIC) ||
    !isSealed(bytes, 0, HEADER_BYTES)
  )
    return { kind: 'foreign' };
  const version = bytes.readUInt32BE(VERSION_AT);
  if (version !== FILE_VERSION) return { kind: 'other_version', version };
  return { kind: 'header', digestKey: bytes.subarray(KEY_AT, KEY_AT + DIGEST_KEY_BYTES) };
}

/** Writes a record into the RECORD_BYTES from `at` on. */
export function encodeRecord({ digest, group, state, endMs }: CounterRecord, into: Buffer, at: number): void {
  const { kind, numbers } = numbersOf(state);
  into.fill(0, at, at + RECORD_BYTES);
  into.writeUInt8(kind, at);
  into.writeUInt8(numbers.length, at + 1);
  for (let word = 0; word < DIGEST_WORDS; word += 1)
    into.writeUInt32BE(digest.words[digest.at + word] ?? 0, at + DIGEST_AT + word * 4);
  into.writeUInt32BE(group, at + GROUP_AT);
  into.writeUIntBE(Math.min(MAX_END_MS, Math.max(0, Math.ceil(endMs))), at + END_AT, END_BYTES);
  for (const [index, number] of numbers.entries()) into.writeDoubleBE(number, at + NUMBERS_AT + index * 8);
  seal(into, at, RECORD_BYTES);
}

/** Reads the record that begins at `at`; undefined when it is torn or damaged. Valid until the next is read. */
export type ReadRecord = (bytes: Buffer, at: number) => CounterRecord | undefined;

/** One record is used for all: a file has millions. */
export function createRecordReader(): ReadRecord {
  const words = new Uint32Array(DIGEST_WORDS);
  const record: { -readonly [Key in keyof CounterRecord]: CounterRecord[Key] } = {
    digest: { words, at: 0 },
    group: 0,
    state: 0,
    endMs: 0,
  };
  return (bytes, at) => {
    if (at + RECORD_BYTES > bytes.length || !isSealed(bytes, at, RECORD_BYTES)) return undefined;
    const state = readState(bytes, at);
    if (state === undefined) return undefined;
    for (let word = 0; word < DIGEST_WORDS; word += 1)
      words[word] = bytes.readUInt32BE(at + DIGEST_AT + word * 4);
    record.group = bytes.readUInt32BE(at + GROUP_AT);
    record.state = state;
    record.endMs = bytes.readUIntBE(at + END_AT, END_BYTES);
    return record;
  };
}

function readState(bytes: Buffer, at: number): State | undefined {
  const kind = bytes[at];
  const count = bytes[at + 1] ?? 0;
  if (count < 1 || count > MAX_NUMBERS) return undefined;
  const first = bytes.readDoubleBE(at + NUMBERS_AT);
  if (kind === KIND.window) return first;
  const more: number[] = [];
  for (let index = 1; index < count; index += 1) more.push(bytes.readDoubleBE(at + NUMBERS_AT + index * 8));
  if (kind === KIND.bucket) return { level: first, atMs: more[0] ?? 0 };
  return kind === KIND.slices ? { newest: first, counts: more } : undefined;
}

function numbersOf(state: State): { readonly kind: number; readonly numbers: readonly number[] } {
  if (typeof state === 'number') return { kind: KIND.window, numbers: [state] };
  if ('level' in state) return { kind: KIND.bucket, numbers: [state.level, state.atMs] };
  return { kind: KIND.slices, numbers: [state.newest, ...state.counts] };
}

/** Behind so many bytes less four comes their checksum. */
function seal(bytes: Buffer, at: number, length: number): void {
  bytes.writeUInt32BE(crc32Of(bytes, at, at + length - 4), at + length - 4);
}

function isSealed(bytes: Buffer, at: number, length: number): boolean {
  return bytes.readUInt32BE(at + length - 4) === crc32Of(bytes, at, at + length - 4);
}
