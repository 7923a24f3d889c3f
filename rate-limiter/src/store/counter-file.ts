import { setTimeout as pause } from 'node:timers/promises';

import { newDigestKey } from '@paymesh/common/keyed-digest';
import { lockPath } from '@paymesh/common/path-lock';

import { type CounterLogOptions, createCounterLog, WRITE_EVERY_MS } from './counter-log.ts';
import type { CounterMemory } from './counter-memory.ts';
import { readCounters } from './read-counters.ts';
import type { Digest } from './window-table.ts';

export interface CounterFileOptions extends CounterLogOptions {
  /** The time at which it is opened: what ended before is forgotten. Unix milliseconds. */
  readonly nowMs: number;
  /** Told of counters for which a smaller bound leaves no room. */
  readonly onLost: (counters: number) => void;
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
  const { path, nowMs, onLost } = options;
  const lock = await lockPath(`${path}.lock`);
  try {
    const restored = restoreFrom(path, memory, nowMs);
    if (restored.lost > 0) onLost(restored.lost);
    const log = createCounterLog(options, memory, restored.digestKey);
    await log.write();
    const stop = new AbortController();
    const written = writeUntil(stop.signal, () => log.write());
    return {
      digestKey: restored.digestKey,
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

function restoreFrom(path: string, memory: CounterMemory, nowMs: number) {
  memory.passTo(nowMs, 0);
  let lost = 0;
  const digestKey = readCounters(path, (record) => {
    if (record.endMs <= nowMs) return;
    const { digest, state, endMs } = record;
    // A later record of a counter; what a file says is not changed.
    if (memory.update(digest, state, endMs, () => undefined)) memory.takeChanged(digest);
    else if (!memory.restore(record)) lost += 1;
  });
  return { digestKey: digestKey ?? newDigestKey(), lost };
}

async function writeUntil(signal: AbortSignal, write: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await pause(WRITE_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    if (!signal.aborted) await write();
  }
}
