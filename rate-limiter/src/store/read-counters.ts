import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

import {
  decodeHeader,
  decodeRecord,
  FILE_VERSION,
  HEADER_BYTES,
  type Header,
  RECORD_BYTES,
} from './counter-file-format.ts';
import type { CounterRecord } from './counter-memory.ts';

/** Records read at once. */
const CHUNK_RECORDS = 4_096;
const WAY_OUT =
  'put a good copy back, name another file, or remove it and know that limits of more than a minute then count from 0';

/**
 * Gives all records of a file in order, and the key of its digests; undefined where there is no file, or an empty one.
 * Damaged records at the end are a write that was cut short, and left out. Throws, with what to do, on another file,
 * another version, and damage before a good record.
 */
export function readCounters(path: string, each: (record: CounterRecord) => void): Uint8Array | undefined {
  const fd = tryOpen(path);
  if (fd === undefined) return undefined;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${path} is not a regular file`);
    if (stat.size === 0) return undefined;
    const bytes = Buffer.alloc(HEADER_BYTES);
    const header = decodeHeader(bytes.subarray(0, readSync(fd, bytes, 0, HEADER_BYTES, 0)));
    const digestKey = keyOf(header, path);
    readRecords(fd, path, each);
    return digestKey;
  } finally {
    closeSync(fd);
  }
}

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function keyOf(header: Header, path: string): Uint8Array {
  switch (header.kind) {
    case 'header':
      return header.digestKey;
    case 'other_version':
      throw new Error(
        `${path} has version ${header.version} of the file of counters, and this program knows ${FILE_VERSION}: ` +
          `start the program that wrote it, or ${WAY_OUT}`,
      );
    case 'foreign':
      throw new Error(`${path} is not a file of counters, or its header is damaged: ${WAY_OUT}`);
  }
}

function readRecords(fd: number, path: string, each: (record: CounterRecord) => void): void {
  const chunk = Buffer.alloc(CHUNK_RECORDS * RECORD_BYTES);
  let damagedAt: number | undefined;
  for (let start = HEADER_BYTES; ; start += chunk.length) {
    const length = readSync(fd, chunk, 0, chunk.length, start);
    for (let at = 0; at < length; at += RECORD_BYTES) {
      const record = decodeRecord(chunk.subarray(at, Math.min(at + RECORD_BYTES, length)));
      if (record === undefined) damagedAt ??= start + at;
      else if (damagedAt === undefined) each(record);
      else {
        throw new Error(
          `${path} is damaged at byte ${damagedAt}, and good records follow, so no write was cut short there: ${WAY_OUT}`,
        );
      }
    }
    if (length < chunk.length) return;
  }
}
