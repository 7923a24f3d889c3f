import type { Take } from './types.ts';

/** What a replica knows by itself of one window counter in Redis. */
export interface LocalCounter {
  /** Calls that went to Redis since `sinceMs`. */
  calls: number;
  sinceMs: number;
  /** Asked for often enough to be worth a lease. */
  isHot: boolean;
  /** Hits that still fitted when Redis last told. */
  remaining: number | undefined;
  /** Hits that the next lease should hold: what is asked for in the time of a lease, found by doubling and halving. */
  want: number;
  lease: Lease | undefined;
  /** Settles when the lease that is being asked for is there or refused. */
  pending: Promise<void> | undefined;
  denial: Denial | undefined;
}

/** A block of hits that Redis has counted already. */
export interface Lease {
  readonly size: number;
  left: number;
  /** The limit that it keeps: it holds for this one and higher ones. */
  readonly limit: number;
  /** Hits that fitted beside it. */
  readonly remaining: number;
  /** To give back what is left. */
  readonly take: Take;
  readonly nowMs: number;
  /** Ends its timer. */
  readonly cancel: () => void;
}

/** So many hits were over this limit: so are more, and so they are for a lower one. */
export interface Denial {
  readonly hits: number;
  readonly limit: number;
  /** From then on Redis is asked again, by one call. */
  askAtMs: number;
}

/** A counter is hot from so many calls within an interval: 200 a second. */
const HOT_CALLS = 20;
const HOT_INTERVAL_MS = 100;
/** A lease is at most this part of what is left, so that it runs out near the limit by itself. */
const LEASE_SHARE = 0.1;
/** A smaller lease is not worth its call: from here on, with 100 hits left, every call is counted by Redis. */
const MIN_LEASE = 10;
const MAX_LEASE = 1_000_000;
/** Redis is asked about a denial once in this time, so that refunds and resets elsewhere show. */
const ASK_AGAIN_MS = 1_000;

/** Nothing known yet. */
export function newCounter(nowMs: number): LocalCounter {
  return {
    calls: 0,
    sinceMs: nowMs,
    isHot: false,
    remaining: undefined,
    want: HOT_CALLS,
    lease: undefined,
    pending: undefined,
    denial: undefined,
  };
}

/** Counts a call that could not be answered here. */
export function noteCall(counter: LocalCounter, nowMs: number): void {
  if (Math.abs(nowMs - counter.sinceMs) >= HOT_INTERVAL_MS) {
    counter.calls = 0;
    counter.sinceMs = nowMs;
  }
  counter.calls += 1;
  if (counter.calls >= HOT_CALLS) counter.isHot = true;
}

/** Hits to lease now; 0 for none: the counter is not hot, near its limit, or how near is not known. */
export function leaseSize({ isHot, want, remaining = 0 }: LocalCounter): number {
  const size = Math.min(want, MAX_LEASE, Math.floor(remaining * LEASE_SHARE));
  return isHot && size >= MIN_LEASE ? size : 0;
}

/** A lease was used up before its time: the next is larger. */
export function growWant(counter: LocalCounter): void {
  counter.want = Math.min(MAX_LEASE, counter.want * 2);
}

/** The time of a lease is over. What was used of it tells how large the next should be, and whether there is one. */
export function shrinkWant(counter: LocalCounter, { size, left }: Lease): void {
  const used = size - left;
  counter.want = Math.max(MIN_LEASE, Math.min(counter.want, used * 2));
  if (used < MIN_LEASE) counter.isHot = false;
}

/** Remembers that hits were over. Of a counter that counts them all the same, even none would fit now. */
export function deny(counter: LocalCounter, { hits, limit, isSpared }: Take, nowMs: number): void {
  counter.denial = { hits: isSpared ? hits : 0, limit, askAtMs: nowMs + ASK_AGAIN_MS };
}

/** True where a take is surely over. Once in a while it is not, so that this call asks Redis. */
export function isDenied({ denial }: LocalCounter, { hits, limit }: Take, nowMs: number): boolean {
  if (denial === undefined || hits < denial.hits || limit > denial.limit) return false;
  if (nowMs < denial.askAtMs) return true;
  denial.askAtMs = nowMs + ASK_AGAIN_MS;
  return false;
}
