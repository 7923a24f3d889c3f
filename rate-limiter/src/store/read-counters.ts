import { type FileHandle, open } from 'node:fs/promises';

import {
  createRecordReader,
  decodeHeader,
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

export interface ReadOptions {
  /** Gets all records in order; each is valid until the next. */
  readonly onRecord: (record: CounterRecord) => void;
  /** Told again and again how far it is. Default: nobody. */
  readonly onProgress?: OnProgress | undefined;
}

export type OnProgress = (readBytes: number, allBytes: number) => void;

export interface ReadCounters {
  readonly digestKey: Uint8Array;
  readonly records: number;
  /** Nothing was left out at its end: more records may follow there. */
  readonly isWhole: boolean;
}

/**
 * Reads a file; undefined where there is none, or an empty one. Damaged records at the end are a write that was cut
 * short, and left out. Rejects, with what to do, on another file, another version, and damage before a good record.
 * Other work goes on meanwhile.
 */
export async function readCounters(path: string, options: ReadOptions): Promise<ReadCounters | undefined> {
  const file = await tryOpen(path);
  if (file === undefined) return undefined;
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new Error(`${path} is not a regular file`);
    if (stat.size === 0) return undefined;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const digestKey = keyOf(decodeHeader(buffer.subarray(0, bytesRead)), path);
    return { digestKey, ...(await readRecords(file, path, options)) };
  } finally {
    await file.close();
  }
}

async function tryOpen(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
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

async function readRecords(file: FileHandle, path: string, { onRecord, onProgress }: ReadOptions) {
  const chunk = Buffer.alloc(CHUNK_RECORDS * RECORD_BYTES);
  const { size } = await file.stat();
  const read = createRecordReader();
  let damagedAt: number | undefined;
  let records = 0;
  for (let start = HEADER_BYTES; ; start += chunk.length) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, start);
    const bytes = chunk.subarray(0, bytesRead);
    for (let at = 0; at < bytesRead; at += RECORD_BYTES) {
      const record = read(bytes, at);
      if (record === undefined) damagedAt ??= start + at;
      else if (damagedAt !== undefined) throw damageError(path, damagedAt);
      else {
        records += 1;
        onRecord(record);
      }
    }
    onProgress?.(start + bytesRead, size);
    if (bytesRead < chunk.length) return { records, isWhole: damagedAt === undefined };
  }
}

function damageError(path: string, at: number): Error {
  return new Error(
    `${path} is damaged at byte ${at}, and good records follow, so no write was cut short there: ${WAY_OUT}`,
  );
}
