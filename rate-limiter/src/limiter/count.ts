import { judge, type Verdict } from '../algorithm/index.ts';
import type { CounterStore } from '../store/index.ts';
import type { LimitedCheck } from './plan.ts';
import type { LimiterObserver } from './types.ts';

export interface CountOptions {
  readonly store: CounterStore;
  /** Counts in this process for rules that fall back to Local. */
  readonly localStore: CounterStore;
  readonly observer: LimiterObserver;
}

/** A limit as it held, and how the count stands against it. */
export interface Counted {
  readonly requests: number;
  readonly verdict: Verdict;
}

export type CountResult =
  | { readonly kind: 'counted'; readonly counted: readonly Counted[] }
  | { readonly kind: 'unavailable'; readonly message: string };

const NO_ROOM = 'the store has no room for a new counter';

/** Counts all checks in one call of the store; those it could not count fall back as their rules say. */
export async function countAll(
  options: CountOptions,
  checks: readonly LimitedCheck[],
  nowMs: number,
): Promise<CountResult> {
  if (checks.length === 0) return { kind: 'counted', counted: [] };
  const taken = await options.store.take(
    checks.map(({ take }) => take),
    nowMs,
  );
  const counts = taken.kind === 'counted' ? taken.counts : [];
  const missing = checks.filter((_, index) => counts[index] === undefined);
  if (missing.length > 0) {
    const reason = taken.kind === 'down' ? taken.reason : NO_ROOM;
    if (missing.some(({ rule }) => rule.onStoreDown.kind === 'closed')) {
      options.observer.fellBack('closed');
      return { kind: 'unavailable', message: reason };
    }
  }
  const counted: Counted[] = [];
  for (const [index, check] of checks.entries()) {
    const count = counts[index];
    const result = count === undefined ? await fallBack(options, check, nowMs) : atFullRate(check, count);
    if (result === undefined) return { kind: 'unavailable', message: NO_ROOM };
    counted.push(result);
  }
  return { kind: 'counted', counted };
}

function atFullRate({ requests }: LimitedCheck, count: number): Counted {
  return { requests, verdict: judge(count, requests) };
}

/** Undefined when the local store has no room either. */
async function fallBack(
  { localStore, observer }: CountOptions,
  check: LimitedCheck,
  nowMs: number,
): Promise<Counted | undefined> {
  const { onStoreDown } = check.rule;
  observer.fellBack(onStoreDown.kind);
  if (onStoreDown.kind !== 'local') return atFullRate(check, 0);
  const taken = await localStore.take([check.take], nowMs);
  const count = taken.kind === 'counted' ? taken.counts[0] : undefined;
  if (count === undefined) return undefined;
  const requests = localShare(check.requests, onStoreDown.factor);
  return { requests, verdict: judge(count, requests) };
}

/** At least one request, unless the rule allows none. */
function localShare(requests: number, factor: number): number {
  return requests === 0 ? 0 : Math.max(1, Math.floor(requests * factor));
}
