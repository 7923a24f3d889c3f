import type { BucketState, Hits, Meter, Step } from './types.ts';

type Bucket = Extract<Meter, { kind: 'bucket' }>;

/** A bucket that is charged although it is full owes at most so many times what it holds. */
const MAX_OWED = 2;

/**
 * The token bucket, kept as how full it is (GCRA, the leaky bucket as a meter): whole numbers only, so a schedule
 * of years drifts by nothing. In any span t it lets through at most burst + limit * t / periodMs.
 */
export function stepBucket(
  { periodMs, burst }: Bucket,
  before: BucketState | undefined,
  { hits, limit, isSpared = true }: Hits,
  nowMs: number,
): Step<BucketState> {
  const capacity = burst * periodMs;
  // An empty one is as if it were new: a store may have forgotten it.
  const filledAtMs = before === undefined || before.level === 0 ? nowMs : before.atMs;
  const atMs = Math.max(nowMs, filledAtMs);
  const level = Math.max(0, (before?.level ?? 0) - (atMs - filledAtMs) * limit);
  const wanted = Math.max(0, level + hits * periodMs);
  // A call without hits asks whether one would fit.
  const asked = hits === 0 ? level + periodMs : wanted;
  const isOver = hits >= 0 && (limit === 0 || asked > capacity);
  const after = Math.min(wanted, capacity * MAX_OWED);
  // What is charged although it is over must leak away too before as much fits.
  const inTheWay = isSpared || hits === 0 ? level : after;
  const missing = inTheWay + Math.max(1, hits) * periodMs - capacity;
  return {
    state: { level: after, atMs },
    reading: {
      isOver,
      remaining: isOver ? 0 : Math.max(0, Math.floor((capacity - after) / periodMs)),
      resetMs: waitMs(isOver ? Math.min(missing, inTheWay) : after, limit, periodMs),
    },
  };
}

/** When nothing of a state counts any more. */
export function bucketEndMs({ level, atMs }: BucketState, { periodMs }: Bucket, limit: number): number {
  return atMs + waitMs(level, limit, periodMs);
}

function waitMs(level: number, limit: number, periodMs: number): number {
  return limit === 0 ? periodMs : Math.ceil(level / limit);
}
