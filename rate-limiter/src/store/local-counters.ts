import type { Reading } from '../algorithm/index.ts';
import { counterName } from './charge.ts';
import { deny, type LocalCounter, newCounter } from './local-counter.ts';
import { createRecentMap } from './recent-map.ts';
import type { Take, Taken } from './types.ts';

/** What is known of window counters. */
export interface LocalCounters {
  /** Of this take; a new one where nothing is known. */
  of(take: Take, nowMs: number): LocalCounter;
  known(take: Take): LocalCounter | undefined;
  /** Takes over what Redis said, and gives it as this replica sees it: its own leases are still free. */
  learn(takes: readonly Take[], taken: Taken, nowMs: number): Taken;
  /** Forgets all. Leases that are out end by themselves. */
  forget(): void;
}

/** Counters that are known at once are at most twice as many. */
const COUNTERS = 10_000;

/** Nothing known yet. */
export function createLocalCounters(): LocalCounters {
  let counters = createRecentMap<LocalCounter>(COUNTERS);
  const forget = (): void => {
    counters = createRecentMap(COUNTERS);
  };
  const known = (take: Take): LocalCounter | undefined => counters.get(counterName(take));
  return {
    of: (take, nowMs) => {
      const name = counterName(take);
      const found = counters.get(name);
      if (found !== undefined) return found;
      const counter = newCounter(nowMs);
      counters.set(name, counter);
      return counter;
    },
    known,
    learn: (takes, taken, nowMs) => {
      if (taken.kind === 'down') {
        forget();
        return taken;
      }
      const readings = taken.readings.map((reading, index) => {
        const take = takes[index];
        const counter = take?.meter.kind === 'window' ? known(take) : undefined;
        if (take === undefined || counter === undefined || reading === undefined) return reading;
        return learnOne(counter, take, reading, nowMs);
      });
      return { kind: 'counted', readings };
    },
    forget,
  };
}

function learnOne(counter: LocalCounter, take: Take, reading: Reading, nowMs: number): Reading {
  counter.remaining = reading.remaining;
  if (reading.isOver) {
    if (take.hits > 0) deny(counter, take, nowMs);
    return reading;
  }
  if (take.hits !== 0) counter.denial = undefined;
  return { ...reading, remaining: reading.remaining + (counter.lease?.left ?? 0) };
}
