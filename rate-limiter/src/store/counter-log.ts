import { open, rename, rm } from 'node:fs/promises';

import { createChangedCounters } from './changed-counters.ts';
import { encodeHeader, encodeRecord, RECORD_BYTES } from './counter-file-format.ts';
import type { CounterMemory, CounterRecord } from './counter-memory.ts';
import type { Digest } from './window-table.ts';

/** An open file that is written from its beginning to its end, as far as it is needed here. */
export interface LogFile {
  /** Rejects when not all was written. */
  appendFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface CounterLogOptions {
  readonly path: string;
  /** Told when writing begins to fail, and when all is kept again. */
  readonly onChange: (isKept: boolean, reason: string) => void;
  /** Makes an empty file. Default: on the disk, mode 600. */
  readonly openFile?: (path: string) => Promise<LogFile>;
}

/** What a file had when it was read. */
export interface LogBefore {
  readonly records: number;
  /** Those that hold: the others were overtaken, or ended. */
  readonly counters: number;
}

/** A file that was read, and goes on. */
export interface BegunLog extends LogBefore {
  readonly file: LogFile;
}

/** Writes what changes in a memory behind a snapshot of it. Never rejects: see `onChange`. */
export interface CounterLog {
  /** To be told once of each counter that changed, as the memory says it. */
  changed(digest: Digest): void;
  /** Writes what changed; a snapshot into a new file where there is none, or the log is long. */
  write(): Promise<void>;
  /** Ends after all is written. */
  close(): Promise<void>;
}

/** What changed waits no longer, where the disk is not slow. */
export const WRITE_EVERY_MS = 200;
/** A file with more records than so many times its snapshot is written anew. */
const MAX_GROWTH = 4;
/** A snapshot counts for at least so many. */
const MIN_SNAPSHOT = 16_384;
const RETRY_MS = 10_000;
const FILE_MODE = 0o600;

/**
 * After a write that failed nobody knows what the file ends with, so the next try is a snapshot into a new file, which
 * takes the place of the old one when it is whole. Changes during a snapshot go to both. A killed process loses what
 * was not written yet; only snapshots are synced, so a power cut may lose the last moments.
 */
export function createCounterLog(
  { path, onChange, openFile = (name) => open(name, 'w', FILE_MODE) }: CounterLogOptions,
  memory: CounterMemory,
  { digestKey, begun }: { readonly digestKey: Uint8Array; readonly begun?: BegunLog | undefined },
): CounterLog {
  const temporary = `${path}.new`;
  const changed = createChangedCounters(memory);
  let file = begun?.file;
  let records = begun?.records ?? 0;
  let maxRecords = mostRecords(begun?.counters ?? 0);
  let isKept = true;
  let failedMs = -RETRY_MS;

  const append = async (files: readonly LogFile[], part: readonly CounterRecord[]): Promise<void> => {
    const bytes = encodeRecords(part);
    records += part.length;
    for (const to of files) await to.appendFile(bytes);
  };
  const writeChanged = async (files: readonly LogFile[]): Promise<void> => {
    // All are taken even after a failure: the next snapshot has them, and they must be told of again.
    let failure: { readonly error: unknown } | undefined;
    for (const part of changed.take()) {
      if (failure !== undefined) continue;
      await append(files, part).catch((error: unknown) => (failure = { error }));
    }
    if (failure !== undefined) throw failure.error;
  };
  const writeSnapshot = async (): Promise<void> => {
    const next = await openFile(temporary);
    const files = file === undefined ? [next] : [file, next];
    try {
      await next.appendFile(encodeHeader(digestKey));
      records = 0;
      let counters = 0;
      let writtenMs = performance.now();
      const parts = memory.keptParts();
      for (let part = parts.next(); part.done !== true; part = parts.next()) {
        if (part.value.length > 0) await append([next], part.value);
        counters += part.value.length;
        if (performance.now() - writtenMs < WRITE_EVERY_MS) continue;
        await writeChanged(files);
        writtenMs = performance.now();
      }
      maxRecords = mostRecords(counters);
      await next.sync();
      await rename(temporary, path);
    } catch (error) {
      await closeAnyway(next);
      await rm(temporary, { force: true }).catch(() => undefined);
      throw error;
    }
    const before = file;
    file = next;
    await before?.close();
  };
  const fail = async (error: unknown): Promise<void> => {
    failedMs = performance.now();
    const before = file;
    file = undefined;
    await closeAnyway(before);
    if (isKept) onChange(false, error instanceof Error ? error.message : String(error));
    isKept = false;
  };
  const write = async (): Promise<void> => {
    try {
      if (file === undefined || records > maxRecords) await writeSnapshot();
      await writeChanged(file === undefined ? [] : [file]);
      if (!isKept) onChange(true, '');
      isKept = true;
    } catch (error) {
      await fail(error);
    }
  };

  return {
    changed: (digest) => changed.add(digest),
    write: async () => {
      const isWaiting = file === undefined && performance.now() - failedMs < RETRY_MS;
      await (isWaiting ? writeChanged([]) : write());
    },
    close: async () => {
      await write();
      try {
        await file?.sync();
        await file?.close();
      } catch (error) {
        await fail(error);
      }
    },
  };
}

/** Goes on behind what a file had. Undefined where a snapshot takes no time, or the file cannot be written: it tells why. */
export async function openBegun(path: string, before: LogBefore): Promise<BegunLog | undefined> {
  if (before.records <= MIN_SNAPSHOT) return undefined;
  try {
    return { ...before, file: await open(path, 'a', FILE_MODE) };
  } catch {
    // The snapshot that is tried instead says what is wrong with the disk.
    return undefined;
  }
}

function mostRecords(counters: number): number {
  return Math.max(counters, MIN_SNAPSHOT) * MAX_GROWTH;
}

async function closeAnyway(file: LogFile | undefined): Promise<void> {
  try {
    await file?.close();
  } catch {
    // It is given up: what it lost is told of already.
  }
}

/** At once: records of a memory change with it. */
function encodeRecords(records: readonly CounterRecord[]): Buffer {
  const bytes = Buffer.allocUnsafe(records.length * RECORD_BYTES);
  for (const [index, record] of records.entries()) encodeRecord(record, bytes, index * RECORD_BYTES);
  return bytes;
}
