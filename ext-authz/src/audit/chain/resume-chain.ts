import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';

import { errorCode } from '../error-code.ts';
import type { ChainOptions } from './chain.ts';
import { GENESIS, readSeal } from './seal.ts';

/** So much of the end of a file is searched for its last record, in bytes: many times a line. */
export const MAX_TAIL_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;

/**
 * Where the chain of a file goes on: after its last record. What is behind that, such as a line that a crash tore,
 * stays where it is, and the chain will say so. Rejects for a file with other lines than those of a chain.
 */
export async function resumeChain(path: string): Promise<Omit<ChainOptions, 'key'>> {
  const size = await sizeOf(path);
  if (size === 0) return { from: GENESIS };
  const file = await open(path, 'r');
  try {
    return pointAfter(path, await readTail(file, size), size);
  } finally {
    await file.close();
  }
}

/** 0 also for what is not there or has no end to read, such as a FIFO. */
async function sizeOf(path: string): Promise<number> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : 0;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}

async function readTail(file: FileHandle, size: number): Promise<Buffer> {
  const length = Math.min(size, MAX_TAIL_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.subarray(0, bytesRead);
}

function pointAfter(path: string, tail: Buffer, size: number): Omit<ChainOptions, 'key'> {
  let end = tail.lastIndexOf(LINE_FEED) + 1;
  // Only the line feed of the last record is missing.
  const unended = readSeal(tail.toString('utf8', end));
  if (unended !== undefined) return { from: unended, isTorn: true };
  while (end > 0) {
    const start = end < 2 ? 0 : tail.lastIndexOf(LINE_FEED, end - 2) + 1;
    const seal = readSeal(tail.toString('utf8', start, end - 1));
    if (seal !== undefined) return { from: seal, ...behind(tail.subarray(end)) };
    end = start;
  }
  // A first line that was torn; anything more is somebody else's file.
  if (size === tail.byteLength && !tail.includes(LINE_FEED)) return { from: GENESIS, ...behind(tail) };
  throw new Error(
    `${path} ends in lines without a chain: move it away, or name another file, to begin a chain`,
  );
}

function behind(bytes: Buffer): Pick<ChainOptions, 'unchained' | 'isTorn'> {
  if (bytes.byteLength === 0) return {};
  const isTorn = bytes.at(-1) !== LINE_FEED;
  const whole = isTorn ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes;
  const sha256 = createHash('sha256').update(whole).digest('hex');
  return { unchained: { unchained_bytes: whole.byteLength, unchained_sha256: sha256 }, isTorn };
}
