import type { Reading } from '../algorithm/index.ts';
import type { CounterStore, Take, Taken } from '../store/index.ts';
import type { LimitedCheck } from './plan.ts';
import type { LimiterObserver } from './types.ts';

export interface CountOptions {
  readonly store: CounterStore;
  /** Counts in this process for rules that fall back to Local. */
  readonly localStore: CounterStore;
  readonly observer: LimiterObserver;
}

/** A limit as it held, and how its counter stands against it. */
export interface Counted {
  readonly requests: number;
  readonly reading: Reading;
  /** Nothing was counted: the rule passes while its store is away. Default false. */
  readonly isUncounted?: boolean;
  /** Counted in this process, for the store was away. Default false. */
  readonly isLocal?: boolean;
}

export type CountResult =
  | { readonly kind: 'counted'; readonly counted: readonly Counted[] }
  | { readonly kind: 'unavailable'; readonly message: string };

const NO_ROOM = 'the store has no room for a new counter';
const NOTHING: CountResult = { kind: 'counted', counted: [] };

/**
 * Counts all checks in one call of the store; those it could not count fall back as their rules say. Answers at
 * once where the store does.
 */
export function countAll(
  options: CountOptions,
  checks: readonly LimitedCheck[],
  nowMs: number,
): CountResult | Promise<CountResult> {
  if (checks.length === 0) return NOTHING;
  if (checks.some(isToldHere)) return giveBackHere(options, checks, nowMs);
  const takes = checks.map(({ take }) => take);
  const resultOf = (taken: Taken) =>
    isWhole(taken)
      ? { kind: 'counted' as const, counted: countedOf(takes, taken.readings) }
      : fallBack(options, checks, taken, nowMs);
  const taken = options.store.take(takes, nowMs);
  return taken instanceof Promise ? taken.then(resultOf) : resultOf(taken);
}

function isToldHere({ isLocal }: LimitedCheck): boolean {
  return isLocal;
}

/** What was counted in this process while the store was away is given back here, and the rest as ever. */
async function giveBackHere(
  options: CountOptions,
  checks: readonly LimitedCheck[],
  nowMs: number,
): Promise<CountResult> {
  const here = await countHere(options, checks.filter(isToldHere), nowMs);
  if (here === undefined) return { kind: 'unavailable', message: NO_ROOM };
  const others = checks.filter((check) => !isToldHere(check));
  const rest = await countAll(options, others, nowMs);
  if (rest.kind === 'unavailable') return rest;
  const there = new Map(others.map((check, index) => [check, rest.counted[index]]));
  return { kind: 'counted', counted: checks.flatMap((check) => here.get(check) ?? there.get(check) ?? []) };
}

type WholeTaken = { readonly kind: 'counted'; readonly readings: readonly Reading[] };

function isWhole(taken: Taken): taken is WholeTaken {
  return taken.kind === 'counted' && !taken.readings.includes(undefined);
}

function countedOf(takes: readonly Take[], readings: readonly Reading[]): readonly Counted[] {
  return readings.map((reading, index) => ({ requests: takes[index]?.limit ?? 0, reading }));
}

async function fallBack(
  options: CountOptions,
  checks: readonly LimitedCheck[],
  taken: Taken,
  nowMs: number,
): Promise<CountResult> {
  const readings = taken.kind === 'counted' ? taken.readings : [];
  const reason = taken.kind === 'down' ? taken.reason : NO_ROOM;
  const missing = checks.filter((_, index) => readings[index] === undefined);
  if (missing.some(({ rule }) => rule.onStoreDown.kind === 'closed')) {
    options.observer.fellBack('closed');
    return { kind: 'unavailable', message: reason };
  }
  for (const { rule } of missing) options.observer.fellBack(rule.onStoreDown.kind);
  // Together, so that what one of them denies takes nothing of the others.
  const here = await countHere(
    options,
    missing.filter(({ rule }) => rule.onStoreDown.kind === 'local'),
    nowMs,
  );
  if (here === undefined) return { kind: 'unavailable', message: NO_ROOM };
  const counted = checks.map((check, index): Counted => {
    const reading = readings[index];
    const requests = check.take.limit;
    return reading === undefined ? (here.get(check) ?? passing(requests)) : { requests, reading };
  });
  return { kind: 'counted', counted };
}

function passing(requests: number): Counted {
  return { requests, reading: { isOver: false, remaining: requests, resetMs: 0 }, isUncounted: true };
}

/** Counts in this process, each at its part of the rate. Undefined when there is no room here either. */
async function countHere(
  { localStore }: CountOptions,
  checks: readonly LimitedCheck[],
  nowMs: number,
): Promise<ReadonlyMap<LimitedCheck, Counted> | undefined> {
  if (checks.length === 0) return new Map();
  const takes = checks.map(localTake);
  const taken = await localStore.take(takes, nowMs);
  if (!isWhole(taken)) return undefined;
  const counted = countedOf(takes, taken.readings);
  return new Map(
    checks.flatMap((check, index): readonly (readonly [LimitedCheck, Counted])[] => {
      const one = counted[index];
      return one === undefined ? [] : [[check, { ...one, isLocal: true }]];
    }),
  );
}

function localTake({ rule: { onStoreDown }, take }: LimitedCheck): Take {
  const factor = onStoreDown.kind === 'local' ? onStoreDown.factor : 1;
  const { meter, limit } = take;
  const own = meter.kind === 'bucket' ? { ...meter, burst: localShare(meter.burst, factor) } : meter;
  return { ...take, meter: own, limit: localShare(limit, factor) };
}

/** At least one request, unless the rule allows none. */
function localShare(requests: number, factor: number): number {
  return requests === 0 ? 0 : Math.max(1, Math.floor(requests * factor));
}
