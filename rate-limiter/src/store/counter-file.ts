import { setTimeout as pause } from 'node:timers/promises';

import { newDigestKey } from '@paymesh/common/keyed-digest';
import { lockPath } from '@paymesh/common/path-lock';

import { type CounterLogOptions, createCounterLog, openBegun, WRITE_EVERY_MS } from './counter-log.ts';
import type { CounterMemory, CounterRecord } from './counter-memory.ts';
import { type OnProgress, readCounters } from './read-counters.ts';
import type { Digest } from './window-table.ts';

export interface CounterFileOptions extends CounterLogOptions {
  /** The time at which it is opened: what ended before is forgotten. Unix milliseconds. */
  readonly nowMs: number;
  /** Told of counters for which a smaller bound leaves no room. */
  readonly onLost: (counters: number) => void;
  /** Told how far the reading is, in bytes: a file of millions takes seconds. Default: nobody. */
  readonly onProgress?: OnProgress;
}

/** Keeps the counters of a memory across restarts, also after SIGKILL. */
export interface CounterFile {
  /** Digests must be made with this key, or they mean nothing after the next start. */
  readonly digestKey: Uint8Array;
  /** To be told of each counter that changed, as the memory says it. */
  changed(digest: Digest): void;
  close(): Promise<void>;
}

/**
 * Takes over the counters of the file and writes what changes in batches from then on. The socket `PATH.lock.nN` keeps
 * other processes away. Rejects when another process has it, and where `readCounters` throws; a disk that cannot be
 * written is told of, and tried again.
 */
export async function openCounterFile(
  options: CounterFileOptions,
  memory: CounterMemory,
): Promise<CounterFile> {
  const { path, onLost } = options;
  const lock = await lockPath(`${path}.lock`);
  try {
    const { digestKey, lost, before } = await restoreFrom(options, memory);
    if (lost > 0) onLost(lost);
    const begun = before === undefined ? undefined : await openBegun(path, before);
    const log = createCounterLog(options, memory, { digestKey, begun });
    if (begun === undefined) await log.write();
    const stop = new AbortController();
    const written = writeUntil(stop.signal, () => log.write());
    return {
      digestKey,
      changed: (digest) => log.changed(digest),
      close: async () => {
        stop.abort();
        await written;
        await log.close();
        await lock.release();
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function restoreFrom({ path, nowMs, onProgress }: CounterFileOptions, memory: CounterMemory) {
  memory.passTo(nowMs, 0);
  let counters = 0;
  let lost = 0;
  const onRecord = (record: CounterRecord): void => {
    if (record.endMs <= nowMs) return;
    const restored = memory.restore(record);
    if (restored === 'new') counters += 1;
    if (restored === 'no_room') lost += 1;
  };
  const read = await readCounters(path, { onRecord, onProgress });
  if (read === undefined) return { digestKey: newDigestKey(), lost, before: undefined };
  const { digestKey, records, isWhole } = read;
  // What is lost is not written again by a snapshot, and a torn end is in the way of what would follow.
  return { digestKey, lost, before: isWhole && lost === 0 ? { records, counters } : undefined };
}

async function writeUntil(signal: AbortSignal, write: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(WRITE_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (!signal.aborted) await write();
  }
}
