import { endMs, type Reading, type State } from '../algorithm/index.ts';
import { type Charge, chargeCall, counterName } from './charge.ts';
import type { CounterStore, Take, Taken } from './types.ts';

export interface EmbeddedStoreOptions {
  /** Most counters kept at once. Default 1 000 000. */
  readonly maxCounters?: number;
}

interface Counter {
  readonly group: string;
  state: State;
  endMs: number;
}

const DEFAULT_MAX_COUNTERS = 1_000_000;
/** An ended counter stays this long, so that a clock set back by less finds it again. */
const GRACE_MS = 1_000;
const SWEEP_INTERVAL_MS = 10_000;

/**
 * Counters in this process: exact, gone with it. A group may make as many as it leaves free: a flood of new
 * values of one rule takes half of the room at most, and the other rules go on. Where there is no room, ended
 * counters are forgotten first; if that frees nothing a new counter is refused, and known counters go on exactly:
 * throwing counters out would let a flood lift the limits of others.
 */
export function createEmbeddedStore({
  maxCounters = DEFAULT_MAX_COUNTERS,
}: EmbeddedStoreOptions = {}): CounterStore {
  const counters = new Map<string, Counter>();
  const sizes = new Map<string, number>();
  let nextSweepMs = Number.NEGATIVE_INFINITY;

  const sweep = (nowMs: number, graceMs: number): void => {
    for (const [name, counter] of counters) {
      if (counter.endMs + graceMs > nowMs) continue;
      counters.delete(name);
      sizes.set(counter.group, (sizes.get(counter.group) ?? 1) - 1);
    }
    nextSweepMs = nowMs + SWEEP_INTERVAL_MS;
  };
  const hasRoom = (group: string): boolean => (sizes.get(group) ?? 0) < maxCounters - counters.size;

  const keep = (take: Take, { state, reading }: Charge, nowMs: number): Reading | undefined => {
    if (state === undefined) return reading;
    const name = counterName(take);
    const known = counters.get(name);
    const ends = endMs(take.meter, state, take.limit);
    if (known !== undefined) {
      known.state = state;
      known.endMs = ends;
      return reading;
    }
    // Hits given back to a counter that is not there need no room.
    if (take.hits < 0) return reading;
    if (!hasRoom(take.group)) sweep(nowMs, 0);
    if (!hasRoom(take.group)) return undefined;
    counters.set(name, { group: take.group, state, endMs: ends });
    sizes.set(take.group, (sizes.get(take.group) ?? 0) + 1);
    return reading;
  };
  const read = (take: Take): State | undefined => counters.get(counterName(take))?.state;

  return {
    take: (takes, nowMs): Taken => {
      if (nowMs >= nextSweepMs) sweep(nowMs, GRACE_MS);
      const charges = chargeCall(takes, read, nowMs);
      const readings = charges.map((charge, index) => {
        const take = takes[index];
        return take === undefined ? undefined : keep(take, charge, nowMs);
      });
      return { kind: 'counted', readings };
    },
    close: () => Promise.resolve(),
  };
}
