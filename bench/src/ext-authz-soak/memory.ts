import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What a process holds, in bytes, after a full collection. */
export interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/**
 * How much higher the second half may reach than the first and still be flat. The heap is exact after a collection; of
 * the process the allocator keeps pages for the highest tide so far. In a million checks a leak of 100 bytes a check
 * would raise both by 48 MiB.
 */
export const TOLERANCE: Memory = { rssBytes: 32 * 2 ** 20, heapBytes: 8 * 2 ** 20 };

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

/** True when the second half of the measurements reached no higher than the first, but for the tolerance. */
export function isFlat(measured: readonly Memory[]): boolean {
  const half = Math.ceil(measured.length / 2);
  const [first, second] = [measured.slice(0, half), measured.slice(half)];
  const rise = (key: keyof Memory) => highest(second, key) - highest(first, key);
  return rise('rssBytes') <= TOLERANCE.rssBytes && rise('heapBytes') <= TOLERANCE.heapBytes;
}

function highest(measured: readonly Memory[], key: keyof Memory): number {
  return Math.max(...measured.map((memory) => memory[key]));
}
