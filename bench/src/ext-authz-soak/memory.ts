import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds, in bytes, after a full collection. */
export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/**
 * How much more at the end than after a tenth is still flat. The heap is exact after a collection; of the process
 * the allocator keeps pages for the highest tide so far. A leak of 100 bytes a check would be 86 MiB of heap.
 */
export const TOLERANCE: Memory = { rssBytes: 96 * 2 ** 20, heapBytes: 8 * 2 ** 20 };

/** Collects, then measures. */
export async function measureMemory(): Promise<Memory> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice with a turn between: finalizers of native memory run in it.
  collect();
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, heapBytes: heapUsed + external };
}

/** True when nothing grew by more than the tolerance. */
export function isFlat(early: Memory, late: Memory): boolean {
  return (
    late.rssBytes - early.rssBytes <= TOLERANCE.rssBytes &&
    late.heapBytes - early.heapBytes <= TOLERANCE.heapBytes
  );
}
