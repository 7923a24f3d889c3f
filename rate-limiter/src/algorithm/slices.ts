import { type Hits, MAX_COUNT, type SliceState, type Step } from './types.ts';

/** A length of time is cut into so many slices. */
export const SLICES = 10;
/** The slice under way and those of which any moment is less than a length ago. */
const KEPT = SLICES + 1;
/** A caller of a concurrency limit may try again soon: nobody knows when a request will end. */
const SOON_MS = 1_000;

/**
 * The sliding window. A slice counts whole until its last moment is a length ago, so that no span of `lengthMs`
 * ever holds more hits than the limit; the price is that a hit counts up to a tenth of the length too long.
 */
export function stepSliding(
  lengthMs: number,
  before: SliceState | undefined,
  { hits, limit, isSpared = true }: Hits,
  nowMs: number,
): Step<SliceState> {
  const sliceMs = lengthMs / SLICES;
  const current = advance(before, sliceMs, nowMs);
  // From the oldest: what is left then counts for longer than it might, and never for less.
  const state = hits < 0 ? giveBack(current, -hits) : add(current, hits);
  const used = sum(state);
  const asked = askedOf(used, hits);
  const isOver = hits >= 0 && asked > limit;
  // What is charged although it is over must leave too before as much fits.
  const inTheWay = isSpared ? current : state;
  return {
    state,
    reading: {
      isOver,
      remaining: isOver ? 0 : Math.max(0, limit - used),
      resetMs: isOver
        ? waitFor(inTheWay, sum(inTheWay) + Math.max(1, hits) - limit, sliceMs, nowMs)
        : waitFor(state, used, sliceMs, nowMs),
    },
  };
}

/**
 * Hits under way. What is given back goes to the slice in which it was taken, so that a hit whose end nobody told leaves with
 * its slice; without word of that it is taken from the oldest.
 */
export function stepConcurrency(
  holdMs: number,
  before: SliceState | undefined,
  { hits, limit, slice }: Hits,
  nowMs: number,
): Step<SliceState> {
  const current = advance(before, holdMs / SLICES, nowMs);
  const state = hits < 0 ? giveBack(current, -hits, slice) : add(current, hits);
  const used = sum(state);
  const isOver = hits >= 0 && askedOf(used, hits) > limit;
  const remaining = isOver ? 0 : Math.max(0, limit - used);
  return { state, reading: { isOver, remaining, resetMs: isOver ? SOON_MS : 0 } };
}

/** When nothing of a state counts any more. */
export function slicesEndMs({ newest }: SliceState, lengthMs: number): number {
  return leavesAt(newest, lengthMs / SLICES);
}

/** The state as time has made it. A clock set back adds to the slice that was the youngest. */
function advance(before: SliceState | undefined, sliceMs: number, nowMs: number): SliceState {
  const now = Math.floor(nowMs / sliceMs);
  if (before === undefined) return { newest: now, counts: [0] };
  const gone = now - before.newest;
  // Where nothing is left it is as if it were new: a store may have forgotten it.
  if (gone <= 0) return sum(before) === 0 ? { newest: now, counts: [0] } : before;
  if (gone >= KEPT) return { newest: now, counts: [0] };
  const empty = Array.from({ length: gone }, () => 0);
  return { newest: now, counts: [...empty, ...before.counts].slice(0, KEPT) };
}

function add({ newest, counts }: SliceState, hits: number): SliceState {
  if (hits === 0) return { newest, counts };
  const [youngest = 0, ...older] = counts;
  return { newest, counts: [Math.min(MAX_COUNT, youngest + hits), ...older] };
}

/** To one slice, where it is still there (that of a clock that is ahead is the newest), else to the oldest first. */
function giveBack({ newest, counts }: SliceState, hits: number, slice?: number): SliceState {
  if (slice !== undefined) {
    const age = Math.max(0, newest - slice);
    return { newest, counts: counts.map((count, at) => (at === age ? Math.max(0, count - hits) : count)) };
  }
  let left = hits;
  const take = (count: number): number => {
    const taken = Math.min(count, left);
    left -= taken;
    return count - taken;
  };
  return { newest, counts: counts.toReversed().map(take).toReversed() };
}

function sum({ counts }: SliceState): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** A call without hits asks whether one would fit. */
function askedOf(used: number, hits: number): number {
  return hits === 0 ? used + 1 : used;
}

/** Until so many hits have left: the oldest go first. */
function waitFor({ newest, counts }: SliceState, hits: number, sliceMs: number, nowMs: number): number {
  if (hits === 0) return 0;
  let freed = 0;
  let age = counts.length;
  while (age > 0 && freed < hits) {
    age -= 1;
    freed += counts[age] ?? 0;
  }
  return Math.ceil(leavesAt(newest - age, sliceMs) - nowMs);
}

function leavesAt(slice: number, sliceMs: number): number {
  return (slice + KEPT) * sliceMs;
}
