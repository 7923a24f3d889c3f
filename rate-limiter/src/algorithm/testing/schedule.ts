import * as fc from 'fast-check';

import { type Meter, type Reading, type State, step } from '../index.ts';

/** So many random schedules each algorithm is held against its reference with. */
export const SCHEDULES = 10_000;

/** A call of a schedule, so long after the one before. */
export interface Call {
  readonly pauseMs: number;
  readonly hits: number;
}

/** A call as it came out. */
export interface Seen {
  readonly atMs: number;
  readonly hits: number;
  readonly reading: Reading;
}

/** Schedules around a span: calls at once, close together, and further apart than the span. */
export function callsAround(spanMs: number, hits: fc.Arbitrary<number>): fc.Arbitrary<readonly Call[]> {
  const pauseMs = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: Math.ceil(spanMs / 10) }),
    fc.integer({ min: 0, max: Math.ceil(spanMs * 1.2) }),
  );
  return fc.array(fc.record({ pauseMs, hits }), { minLength: 1, maxLength: 20 });
}

export interface PlayOptions {
  readonly meterAt: (nowMs: number) => Meter;
  readonly limit: number;
  readonly startMs: number;
  readonly calls: readonly Call[];
  /** Hits that are over do not count. */
  readonly isSpared: boolean;
}

/** Plays a schedule against one counter by the algorithms. */
export function play({ meterAt, limit, startMs, calls, isSpared }: PlayOptions): readonly Seen[] {
  const states = new Map<number, State>();
  let nowMs = startMs;
  return calls.map(({ pauseMs, hits }) => {
    nowMs += pauseMs;
    const meter = meterAt(nowMs);
    // As stores do: each window has a counter of its own.
    const name = meter.kind === 'window' ? meter.startMs : 0;
    const { state, reading } = step(meter, states.get(name), { hits, limit }, nowMs);
    if (!(isSpared && hits >= 0 && reading.isOver)) states.set(name, state);
    return { atMs: nowMs, hits, reading };
  });
}

/** What a reference must give for each call. */
export interface Standing {
  readonly isOver: boolean;
  readonly remaining: number;
}

/** How each call came out, without when it may be tried again. */
export function standingsOf(seen: readonly Seen[]): readonly Standing[] {
  return seen.map(({ reading: { isOver, remaining } }) => ({ isOver, remaining }));
}

/** The calls that were let through. */
export function admitted(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter(({ reading }) => !reading.isOver);
}

/** Hits of calls from one moment to another, both included. */
export function hitsWithin(seen: readonly Seen[], fromMs: number, toMs: number): number {
  return seen.reduce((sum, { atMs, hits }) => (atMs >= fromMs && atMs <= toMs ? sum + hits : sum), 0);
}
