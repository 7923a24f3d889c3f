import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';

import { type Clock, systemClock } from '@paymesh/common/clock';

import { DIGEST_WORDS, newDigestKey } from '@paymesh/common/keyed-digest';
import { lockPath, type PathLock } from '@paymesh/common/path-lock';
import {
  decodeHeader,
  decodeRecord,
  encodeHeader,
  encodeRecord,
  HEADER_BYTES,
  RECORD_BYTES,
} from './nonce-file-format.ts';

export interface NonceFileOptions {
  /** The file, made with mode 600 when there is none. The socket `PATH.lock.nN` keeps other processes away. */
  readonly path: string;
  /** Ends of nonces are written as times of this clock. Default that of this machine. */
  readonly clock?: Clock;
  /** Told of what was lost, and of writes that fail. */
  readonly onTrouble: (message: string) => void;
}

/** Remembers digests of nonces across restarts, also after SIGKILL. Its owner is one embedded store. */
export interface NonceFile {
  /** Digests must be made with this key, or they mean nothing after the next start. */
  readonly digestKey: Uint8Array;
  /** Records at the opening, of nonces that are held or over. */
  readonly records: number;
  /** Gives each nonce that is still held, before the first write. `digest` is good during the call. */
  restore(each: (digest: Uint32Array, remainingMs: number, place: number) => void): void;
  /** Writes a nonce and gives its place. After `failed` it must count as not claimed. */
  write(digest: Uint32Array, ttlMs: number): number | 'failed';
  /** The nonces at these places are over: others may be written there. */
  release(places: readonly number[]): void;
  close(): Promise<void>;
}

/** Records read at once. */
const CHUNK_RECORDS = 4_096;
const FILE_MODE = 0o600;

/**
 * Opens a file of fixed places: a nonce that is over leaves its place to another, so the file is never
 * larger than what was held at once and needs no compaction. A nonce is handed to the system before its
 * claim is answered, and not synced: a killed process loses nothing, a power cut may lose the last moments.
 * Rejects when another process has the file, when it is something else, and when its header is damaged.
 */
export async function openNonceFile(options: NonceFileOptions): Promise<NonceFile> {
  const { path } = options;
  const lock = await lockPath(`${path}.lock`);
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT, FILE_MODE);
    return createNonceFile(options, { fd, lock, digestKey: openHeader(fd, path) });
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    await lock.release();
    throw error;
  }
}

/** Gives the key of the file; writes a new header where none was ever finished. */
function openHeader(fd: number, path: string): Uint8Array {
  if (!fstatSync(fd).isFile()) throw new Error(`${path} is not a regular file`);
  const bytes = Buffer.alloc(HEADER_BYTES);
  const header = decodeHeader(bytes.subarray(0, readSync(fd, bytes, 0, HEADER_BYTES, 0)));
  switch (header.kind) {
    case 'header':
      fchmodSync(fd, FILE_MODE);
      return header.digestKey;
    case 'unfinished': {
      const digestKey = newDigestKey();
      fchmodSync(fd, FILE_MODE);
      ftruncateSync(fd, 0);
      if (writeSync(fd, encodeHeader(digestKey), 0, HEADER_BYTES, 0) !== HEADER_BYTES) {
        throw new Error(`${path} cannot be written: is the disk full?`);
      }
      return digestKey;
    }
    case 'foreign':
      throw new Error(
        `${path} is not a file of nonces, or its header is damaged: name another, or remove it ` +
          'and know that requests signed in the window before can then be replayed once',
      );
  }
}

interface Opened {
  readonly fd: number;
  readonly lock: PathLock;
  readonly digestKey: Uint8Array;
}

function createNonceFile(options: NonceFileOptions, { fd, lock, digestKey }: Opened): NonceFile {
  const { path, clock = systemClock, onTrouble } = options;
  const record = Buffer.alloc(RECORD_BYTES);
  let free: number[] = [];
  let places = 0;
  return {
    digestKey,
    records: Math.ceil(Math.max(0, fstatSync(fd).size - HEADER_BYTES) / RECORD_BYTES),
    restore: (each) => {
      const nowMs = clock.now();
      const found = readRecords(fd, (digest, endMs, place) => {
        if (endMs < nowMs) return false;
        each(digest, endMs - nowMs, place);
        return true;
      });
      ({ free, places } = found);
      // What lies behind the last nonce is not kept, nor half a record.
      ftruncateSync(fd, HEADER_BYTES + places * RECORD_BYTES);
      if (found.damaged > 0) onTrouble(lossOf(path, found.damaged));
    },
    write: (digest, ttlMs) => {
      const place = free.pop() ?? places;
      encodeRecord(digest, Math.ceil(clock.now() + ttlMs), record);
      const failure = writeRecord(fd, place, record);
      if (place === places) places += 1;
      if (failure === undefined) return place;
      free.push(place);
      onTrouble(`${path} cannot be written: ${failure}`);
      return 'failed';
    },
    release: (over) => {
      for (const place of over) free.push(place);
    },
    close: async () => {
      fsyncSync(fd);
      closeSync(fd);
      await lock.release();
    },
  };
}

interface Found {
  readonly free: number[];
  /** Places up to the last one that is held. */
  readonly places: number;
  readonly damaged: number;
}

type OnRecord = (digest: Uint32Array, endMs: number, place: number) => boolean;

/** Reads all places; a damaged one is overwritten, so that it is told of once. */
function readRecords(fd: number, isHeld: OnRecord): Found {
  const chunk = Buffer.alloc(CHUNK_RECORDS * RECORD_BYTES);
  const digest = new Uint32Array(DIGEST_WORDS);
  const free: number[] = [];
  let place = 0;
  let places = 0;
  let damaged = 0;
  for (;;) {
    const length = readSync(fd, chunk, 0, chunk.length, HEADER_BYTES + place * RECORD_BYTES);
    if (length === 0) break;
    for (let at = 0; at < length; at += RECORD_BYTES, place += 1) {
      const endMs = decodeRecord(chunk.subarray(at, Math.min(at + RECORD_BYTES, length)), digest);
      if (endMs !== undefined && isHeld(digest, endMs, place)) {
        places = place + 1;
        continue;
      }
      free.push(place);
      if (endMs !== undefined) continue;
      damaged += 1;
      writeRecord(fd, place, OVER);
    }
  }
  return { free: free.filter((at) => at < places), places, damaged };
}

/** A nonce that was over in 1970. */
const OVER = Buffer.alloc(RECORD_BYTES);
encodeRecord(new Uint32Array(DIGEST_WORDS), 0, OVER);

/** Gives the reason when it was not written whole. */
function writeRecord(fd: number, place: number, record: Buffer): string | undefined {
  try {
    const written = writeSync(fd, record, 0, RECORD_BYTES, HEADER_BYTES + place * RECORD_BYTES);
    return written === RECORD_BYTES ? undefined : 'the disk is full';
  } catch (error) {
    return String(error);
  }
}

function lossOf(path: string, damaged: number): string {
  return (
    `${damaged} records of ${path} are damaged and lost: as many requests that were signed before now ` +
    'can be replayed once, until their time is over'
  );
}
