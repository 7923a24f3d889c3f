/**
 * How a limit measures. All times are milliseconds. A meter says nothing of the limit itself, so rules with
 * different limits (an override in the request) may share a counter.
 */
export type Meter =
  /** Counts from 0 in each window: so many hits from `startMs` to before `endMs`. */
  | { readonly kind: 'window'; readonly startMs: number; readonly endMs: number }
  /** So many hits in any span of `lengthMs`. */
  | { readonly kind: 'sliding'; readonly lengthMs: number }
  /** A token bucket (GCRA): fills evenly with the limit each `periodMs`, holds at most `burst` hits. */
  | { readonly kind: 'bucket'; readonly periodMs: number; readonly burst: number }
  /** Hits under way: taken at the start, given back at the end; one never given back ends after `holdMs`. */
  | { readonly kind: 'concurrency'; readonly holdMs: number };

/** What is known of a counter. Never changed in place: each step gives a new one. */
export type State = number | SliceState | BucketState;

/** Hits by slices of time, for what slides. */
export interface SliceState {
  /** Number of the youngest slice since the epoch. */
  readonly newest: number;
  /** Hits of the slices, the youngest first. */
  readonly counts: readonly number[];
}

/** A bucket by how full it is; empty is what a caller likes. */
export interface BucketState {
  /** Hits times `periodMs`, so that it leaks `limit` each millisecond and all numbers are whole. */
  readonly level: number;
  readonly atMs: number;
}

/** Hits against a limit. */
export interface Hits {
  /** A whole number; 0 only reads, a negative one gives back. */
  readonly hits: number;
  readonly limit: number;
  /** Hits that are over do not count. Default true: a reading tells when they would fit if nothing else came. */
  readonly isSpared?: boolean;
  /** Of hits given back to a limit on concurrency: the slice in which they were taken. Default: the oldest there is. */
  readonly slice?: number | undefined;
}

/** How a counter stands against a limit. */
export interface Reading {
  readonly isOver: boolean;
  /** Hits that still fit; 0 when over. */
  readonly remaining: number;
  /** When over, until these hits would fit; else until all of the limit is free. At least 0. */
  readonly resetMs: number;
}

/** A step of a counter: what it would be with the hits, and how that stands. */
export interface Step<S extends State = State> {
  readonly state: S;
  readonly reading: Reading;
}

/**
 * Counters stop here instead of overflowing. Below 2^53, near which ioredis reads integers wrongly, and
 * far above any limit (32 bits).
 */
export const MAX_COUNT = 2 ** 50;
