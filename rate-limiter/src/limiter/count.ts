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
  if (checks.some(({ isLocal }) => isLocal === true)) return giveBackHere(options, checks, nowMs);
  const taken = options.store.take(
    checks.map(({ take }) => take),
    nowMs,
  );
  if (taken instanceof Promise) return taken.then((late) => resultOf(options, checks, late, nowMs));
  return isWhole(taken) ? wholeResult(checks, taken.readings) : resultOf(options, checks, taken, nowMs);
}

/** What was counted in this process while the store was away is given back here, and the rest as ever. */
async function giveBackHere(
  options: CountOptions,
  checks: readonly LimitedCheck[],
  nowMs: number,
): Promise<CountResult> {
  const here = checks.filter(({ isLocal }) => isLocal === true);
  const local = await countHere(options, here, nowMs);
  const others = checks.filter(({ isLocal }) => isLocal !== true);
  const rest = await countAll(options, others, nowMs);
  if (local === undefined || rest.kind === 'unavailable') return { kind: 'unavailable', message: NO_ROOM };
  const [mine, theirs] = [[...local], [...rest.counted]];
  const counted = checks.flatMap(({ isLocal }) => (isLocal === true ? mine : theirs).splice(0, 1));
  return { kind: 'counted', counted };
}

type WholeTaken = { readonly kind: 'counted'; readonly readings: readonly Reading[] };

function isWhole(taken: Taken): taken is WholeTaken {
  return taken.kind === 'counted' && !taken.readings.includes(undefined);
}

function wholeResult(checks: readonly LimitedCheck[], readings: readonly Reading[]): CountResult {
  const counted = readings.map((reading, index) => ({ requests: checks[index]?.take.limit ?? 0, reading }));
  return { kind: 'counted', counted };
}

async function resultOf(
  options: CountOptions,
  checks: readonly LimitedCheck[],
  taken: Taken,
  nowMs: number,
): Promise<CountResult> {
  if (isWhole(taken)) return wholeResult(checks, taken.readings);
  const readings = taken.kind === 'counted' ? taken.readings : [];
  const reason = taken.kind === 'down' ? taken.reason : NO_ROOM;
  const missing = checks.filter((_, index) => readings[index] === undefined);
  if (missing.some(({ rule }) => rule.onStoreDown.kind === 'closed')) {
    options.observer.fellBack('closed');
    return { kind: 'unavailable', message: reason };
  }
  for (const { rule } of missing) options.observer.fellBack(rule.onStoreDown.kind);
  // Together, so that what one of them denies takes nothing of the others.
  const local = await countHere(
    options,
    missing.filter(({ rule }) => rule.onStoreDown.kind === 'local'),
    nowMs,
  );
  if (local === undefined) return { kind: 'unavailable', message: NO_ROOM };
  const here = [...local];
  const counted = checks.flatMap(({ rule, take }, index): readonly Counted[] => {
    const reading = readings[index];
    if (reading !== undefined) return [{ requests: take.limit, reading }];
    if (rule.onStoreDown.kind !== 'local') return [passing(take.limit)];
    return here.splice(0, 1);
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
): Promise<readonly Counted[] | undefined> {
  if (checks.length === 0) return [];
  const takes = checks.map(localTake);
  const taken = await localStore.take(takes, nowMs);
  if (!isWhole(taken)) return undefined;
  return taken.readings.map((reading, index) => ({
    requests: takes[index]?.limit ?? 0,
    reading,
    isLocal: true,
  }));
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
