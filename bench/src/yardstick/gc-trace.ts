/** One garbage collection of a process, as `node --trace-gc` tells of it. */
export interface Collection {
  /** All of the heap, not only young objects. */
  readonly isFull: boolean;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** How long nothing else ran, in milliseconds. */
  readonly pauseMs: number;
}

const BYTES_PER_MIB = 1_048_576;
const LINE = /: (Scavenge|Mark-Compact)[^\d]*([\d.]+) \([\d.]+\) -> ([\d.]+) \([\d.]+\) MB, ([\d.]+) \//;

/** Undefined for a line of something else. */
export function parseCollection(line: string): Collection | undefined {
  const [, kind, before, after, pauseMs] = LINE.exec(line) ?? [];
  if (kind === undefined) return undefined;
  return {
    isFull: kind === 'Mark-Compact',
    beforeBytes: Number(before) * BYTES_PER_MIB,
    afterBytes: Number(after) * BYTES_PER_MIB,
    pauseMs: Number(pauseMs),
  };
}

/** What a number of calls left behind, and what collecting it took. The same on a busy machine, but for the pauses. */
export function describeCollections(collections: readonly Collection[], calls: number): string {
  let allocated = 0;
  for (const [index, { beforeBytes }] of collections.entries()) {
    const last = collections[index - 1];
    if (last !== undefined) allocated += Math.max(0, beforeBytes - last.afterBytes);
  }
  const pauses = collections.map(({ pauseMs }) => pauseMs);
  const full = collections.filter(({ isFull }) => isFull).length;
  const all = pauses.reduce((sum, pauseMs) => sum + pauseMs, 0);
  return (
    `${(allocated / calls / 1_000).toFixed(1)} kB of the heap a call; ${collections.length} collections ` +
    `(${full} of all the heap), ${all.toFixed(0)} ms together, the longest ${Math.max(0, ...pauses).toFixed(1)} ms`
  );
}
