import { addHits } from '../algorithm/index.ts';
import type { CounterStore, Take, Taken } from './types.ts';

export interface EmbeddedStoreOptions {
  /** Most counters kept at once. Default 1 000 000. */
  readonly maxCounters?: number;
}

/** Counters of one window; they expire together, so a window is forgotten in one step. */
interface Bucket {
  readonly windowMs: number;
  readonly startMs: number;
  readonly counts: Map<string, number>;
  /** How many of them each group made. */
  readonly sizes: Map<string, number>;
}

const DEFAULT_MAX_COUNTERS = 1_000_000;
/** A closed window stays this long, so that a clock set back by less finds its counts again. */
const GRACE_MS = 1_000;

/**
 * Counters in this process: exact, gone with it. A group may make as many as it leaves free: a flood of new
 * values of one rule takes half of the room at most, and the other rules go on. Where there is no room, closed
 * windows are forgotten first; if that frees nothing a new counter is refused, and known counters go on exactly:
 * throwing counters out would let a flood lift the limits of others.
 */
export function createEmbeddedStore({
  maxCounters = DEFAULT_MAX_COUNTERS,
}: EmbeddedStoreOptions = {}): CounterStore {
  let buckets: Bucket[] = [];
  let size = 0;
  let nextSweepMs = Number.POSITIVE_INFINITY;

  const sweep = (nowMs: number, graceMs: number): void => {
    buckets = buckets.filter((bucket) => endMs(bucket) + graceMs > nowMs);
    size = buckets.reduce((sum, bucket) => sum + bucket.counts.size, 0);
    nextSweepMs = Math.min(...buckets.map((bucket) => endMs(bucket) + GRACE_MS));
  };

  const bucketOf = ({ windowMs, windowStartMs }: Take): Bucket => {
    const known = buckets.find((bucket) => bucket.startMs === windowStartMs && bucket.windowMs === windowMs);
    if (known !== undefined) return known;
    const bucket: Bucket = { windowMs, startMs: windowStartMs, counts: new Map(), sizes: new Map() };
    buckets.push(bucket);
    nextSweepMs = Math.min(nextSweepMs, endMs(bucket) + GRACE_MS);
    return bucket;
  };

  const hasRoom = (group: string): boolean => {
    const own = buckets.reduce((sum, { sizes }) => sum + (sizes.get(group) ?? 0), 0);
    return own < maxCounters - size;
  };

  const takeOne = (take: Take, nowMs: number): number | undefined => {
    const { counts } = bucketOf(take);
    const before = counts.get(take.key);
    const after = addHits(before ?? 0, take.hits);
    if (before !== undefined) {
      counts.set(take.key, after);
      return after;
    }
    // A read, or hits given back to a counter that is not there, needs no room.
    if (after === 0) return 0;
    if (!hasRoom(take.group)) sweep(nowMs, 0);
    if (!hasRoom(take.group)) return undefined;
    addCounter(bucketOf(take), take, after);
    size += 1;
    return after;
  };

  return {
    take: (takes, nowMs) => {
      if (nowMs >= nextSweepMs) sweep(nowMs, GRACE_MS);
      const taken: Taken = { kind: 'counted', counts: takes.map((take) => takeOne(take, nowMs)) };
      return Promise.resolve(taken);
    },
    close: () => Promise.resolve(),
  };
}

function addCounter({ counts, sizes }: Bucket, { key, group }: Take, count: number): void {
  counts.set(key, count);
  sizes.set(group, (sizes.get(group) ?? 0) + 1);
}

function endMs(bucket: Bucket): number {
  return bucket.startMs + bucket.windowMs;
}
