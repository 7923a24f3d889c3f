import { counterName } from './charge.ts';
import { type After, createLeaseBook } from './lease-book.ts';
import { answerLocally, type LocalTake, leaseFor } from './local-answer.ts';
import { noteCall } from './local-counter.ts';
import { createLocalCounters } from './local-counters.ts';
import type { CounterStore, Take, Taken } from './types.ts';

export interface LeasingOptions {
  readonly store: CounterStore;
  /** Longest time of a lease in milliseconds. Default 50. */
  readonly leaseMs?: number;
  /** Default: a timer that keeps no process alive. */
  readonly after?: After;
}

export interface LeasingStore extends CounterStore {
  /** Denials are not answered here any more until Redis tells them anew: while it is away fallbacks hold. */
  forgetDenials(): void;
}

const DEFAULT_LEASE_MS = 50;
/** A call with more takes is not answered here. */
const MAX_LOCAL_TAKES = 8;

/**
 * Answers for window counters in Redis without asking it, where that is sure.
 *
 * Leases: of a hot counter, far from its limit, a block of hits is taken from Redis in one call and given out here
 * until it is used up or its time is over; the rest is given back. A lease is counted when it is taken, so no more
 * than the limit ever pass. Too few may: at most what other replicas hold unused. A replica holds, for the time of
 * a lease, at most a tenth of what was left when it took it, and nothing once less than 100 hits are left.
 *
 * Denials: once over, a counter is over until its window ends, but for hits given back and resets. Those through
 * this replica end its denial at once, those elsewhere after a second at most. Hits of denied calls are not counted.
 */
export function createLeasingStore(options: LeasingOptions): LeasingStore {
  const { store, leaseMs = DEFAULT_LEASE_MS, after = afterTimeout } = options;
  const book = createLeaseBook({ store, leaseMs, after });
  const counters = createLocalCounters();
  const leaseAll = (locals: readonly LocalTake[], nowMs: number): Promise<unknown> | undefined => {
    const missing = locals.filter((local) => leaseFor(local) === undefined);
    for (const { counter } of missing) noteCall(counter, nowMs);
    if (!missing.every((local) => local.take.hits > 0 && book.canAsk(local))) return undefined;
    return Promise.all(missing.map(async (local) => book.ask(local, nowMs)));
  };
  const ask = (takes: readonly Take[], nowMs: number): Taken | Promise<Taken> => {
    for (const take of takes) {
      const counter = take.hits < 0 ? counters.known(take) : undefined;
      if (counter === undefined) continue;
      counter.denial = undefined;
      // Goes first, so that no more can be given back than has passed.
      void book.giveBack(counter);
    }
    const taken = store.take(takes, nowMs);
    return taken instanceof Promise
      ? taken.then((late) => counters.learn(takes, late, nowMs))
      : counters.learn(takes, taken, nowMs);
  };
  const take = (takes: readonly Take[], nowMs: number, mayLease: boolean): Taken | Promise<Taken> => {
    if (!mayBeLocal(takes)) return ask(takes, nowMs);
    const locals = takes.map((each) => ({ take: each, counter: counters.of(each, nowMs) }));
    const readings = answerLocally(locals, nowMs);
    if (readings !== undefined) return { kind: 'counted', readings };
    const leases = mayLease ? leaseAll(locals, nowMs) : undefined;
    return leases === undefined ? ask(takes, nowMs) : leases.then(() => take(takes, nowMs, false));
  };
  return {
    take: (takes, nowMs) => take(takes, nowMs, true),
    forgetDenials: () => counters.forget(),
    close: async () => {
      await book.close();
      await store.close();
    },
  };
}

function mayBeLocal(takes: readonly Take[]): boolean {
  if (takes.length === 0 || takes.length > MAX_LOCAL_TAKES) return false;
  if (!takes.every(({ meter, hits }) => meter.kind === 'window' && hits >= 0)) return false;
  return takes.length === 1 || new Set(takes.map(counterName)).size === takes.length;
}

function afterTimeout(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}
