import type { Reading } from '../algorithm/index.ts';
import type { CounterStore, Taken } from '../store/index.ts';
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
  const taken = options.store.take(
    checks.map(({ take }) => take),
    nowMs,
  );
  if (taken instanceof Promise) return taken.then((late) => resultOf(options, checks, late, nowMs));
  return isWhole(taken) ? wholeResult(checks, taken.readings) : resultOf(options, checks, taken, nowMs);
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
  const counted: Counted[] = [];
  for (const [index, check] of checks.entries()) {
    const reading = readings[index];
    const result =
      reading === undefined ? await fallBack(options, check, nowMs) : { requests: check.take.limit, reading };
    if (result === undefined) return { kind: 'unavailable', message: NO_ROOM };
    counted.push(result);
  }
  return { kind: 'counted', counted };
}

/** Undefined when the local store has no room either. */
async function fallBack(
  { localStore, observer }: CountOptions,
  { rule, take }: LimitedCheck,
  nowMs: number,
): Promise<Counted | undefined> {
  const { onStoreDown } = rule;
  observer.fellBack(onStoreDown.kind);
  if (onStoreDown.kind !== 'local') {
    const reading = { isOver: false, remaining: take.limit, resetMs: 0 };
    return { requests: take.limit, reading, isUncounted: true };
  }
  const requests = localShare(take.limit, onStoreDown.factor);
  const taken = await localStore.take([{ ...take, limit: requests }], nowMs);
  const reading = taken.kind === 'counted' ? taken.readings[0] : undefined;
  return reading === undefined ? undefined : { requests, reading };
}

/** At least one request, unless the rule allows none. */
function localShare(requests: number, factor: number): number {
  return requests === 0 ? 0 : Math.max(1, Math.floor(requests * factor));
}
