import type { LocalTake } from './local-answer.ts';
import { growWant, type LocalCounter, leaseSize, shrinkWant } from './local-counter.ts';
import type { CounterStore, Take } from './types.ts';

/** Runs something later; gives what prevents it. */
export type After = (ms: number, run: () => void) => () => void;

export interface LeaseBookOptions {
  readonly store: CounterStore;
  /** Longest time of a lease in milliseconds. */
  readonly leaseMs: number;
  readonly after: After;
}

/** Takes blocks of hits from Redis, and gives back what is left of them. */
export interface LeaseBook {
  /** True where a lease that holds the hits of a take may be had, or is being asked for. */
  canAsk(local: LocalTake): boolean;
  /** Asks for one; resolves when it is there or refused. Never rejects. */
  ask(local: LocalTake, nowMs: number): Promise<void>;
  /** Gives back what is left, if anything. */
  giveBack(counter: LocalCounter): Promise<void>;
  /** Gives back all leases. */
  close(): Promise<void>;
}

/** Leases at once, in all counters. */
const MAX_LEASES = 1_000;

/** No leases yet. */
export function createLeaseBook({ store, leaseMs, after }: LeaseBookOptions): LeaseBook {
  const leased = new Set<LocalCounter>();

  const giveBack = async (counter: LocalCounter): Promise<void> => {
    const { lease } = counter;
    leased.delete(counter);
    if (lease === undefined) return;
    lease.cancel();
    counter.lease = undefined;
    if (lease.left === 0) return;
    // Where this fails the hits stay counted: too few pass, never too many.
    await store.take([{ ...lease.take, hits: -lease.left, isSpared: false }], lease.nowMs);
  };
  const onTime = (counter: LocalCounter): void => {
    if (counter.lease !== undefined) shrinkWant(counter, counter.lease);
    void giveBack(counter);
  };
  const askStore = async (counter: LocalCounter, take: Take, nowMs: number): Promise<void> => {
    const taken = await store.take([take], nowMs);
    counter.pending = undefined;
    const reading = taken.kind === 'counted' ? taken.readings[0] : undefined;
    if (reading === undefined) return;
    if (reading.isOver) {
      // Others were faster. Redis counts each call until it tells that there is room again.
      counter.remaining = 0;
      return;
    }
    const rest = counter.lease;
    rest?.cancel();
    if (rest !== undefined) growWant(counter);
    const size = take.hits + (rest?.left ?? 0);
    counter.remaining = reading.remaining;
    counter.lease = {
      size,
      left: size,
      limit: Math.max(take.limit, rest?.limit ?? 0),
      remaining: reading.remaining,
      take,
      nowMs,
      cancel: after(leaseMs, () => onTime(counter)),
    };
    leased.add(counter);
  };
  return {
    canAsk: ({ counter, take }) =>
      counter.pending !== undefined || (leaseSize(counter) >= take.hits && leased.size < MAX_LEASES),
    ask: ({ counter, take }, nowMs) => {
      // Spared: it is counted only where all of it fits.
      const block: Take = {
        ...take,
        hits: leaseSize(counter),
        isSpared: true,
        isEnforced: true,
        isQuota: false,
      };
      counter.pending ??= askStore(counter, block, nowMs);
      return counter.pending;
    },
    giveBack,
    close: async () => {
      await Promise.all([...leased].map(giveBack));
    },
  };
}
