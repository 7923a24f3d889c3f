import type { Clock } from '@paymesh/common/clock';

import { MAX_COUNT, type Reading } from '../algorithm/index.ts';
import type { Entry, Rule, RuleSet } from '../match/index.ts';
import type { OverrideIndex } from '../overrides/index.ts';
import type { CounterStore, Take } from '../store/index.ts';
import { type CounterKey, counterKey as ownCounterKey } from './counter-key.ts';
import { createMeterAt } from './meter.ts';
import { type LimitedCheck, planRequest } from './plan.ts';

/** Which counters: those that a request with this one descriptor would be counted by. */
export interface CounterTarget {
  readonly domain: string;
  readonly entries: readonly Entry[];
}

/** A counter and its limit. */
export interface CounterState {
  /** As it holds for these entries. */
  readonly rule: Rule;
  /** Those it is counted under. */
  readonly entries: readonly Entry[];
  readonly isOverridden: boolean;
  readonly reading: Reading;
}

export type CounterResult =
  | { readonly kind: 'ok'; readonly counters: readonly CounterState[] }
  /** No limit applies to these entries. */
  | { readonly kind: 'unmatched'; readonly isKnownDomain: boolean }
  | { readonly kind: 'unavailable'; readonly message: string };

/** Counters by hand: what an operator sees and mends. Each gives them as they are afterwards. */
export interface Counters {
  read(target: CounterTarget): Promise<CounterResult>;
  /** Forgets what was counted. */
  reset(target: CounterTarget): Promise<CounterResult>;
  /** So many more hits pass, up to what the limit allows at most; hits beyond the limit are given back first. */
  grant(target: CounterTarget, hits: number): Promise<CounterResult>;
}

export interface CountersOptions {
  readonly rules: () => RuleSet | undefined;
  readonly store: CounterStore;
  readonly clock: Clock;
  readonly overrides: () => OverrideIndex;
  /** Names counters, as the limiter does. Default: `counterKey`. */
  readonly counterKey?: CounterKey;
}

/** Sees and changes counters through the calls that every store has. */
export function createCounters(options: CountersOptions): Counters {
  const { rules, store, clock, overrides, counterKey = ownCounterKey } = options;
  const meterAt = createMeterAt();
  /** Plans as a request would, and makes the hits of each check what is said, in one call of the store. */
  const change = async (
    target: CounterTarget,
    hitsOf: (check: LimitedCheck, at: number) => readonly number[],
  ): Promise<CounterResult> => {
    const current = rules();
    if (current === undefined) return { kind: 'unavailable', message: 'no rate limit configuration loaded' };
    const { domain, entries } = target;
    const nowMs = clock.now();
    const how = { nowMs, meterAt, counterKey, isQuota: false, overrides: overrides() };
    const plan = planRequest(current, { domain, descriptors: [{ entries, hits: 0 }] }, how);
    if (plan.kind === 'invalid') return { kind: 'unavailable', message: plan.message };
    if (plan.limited.length === 0) return { kind: 'unmatched', isKnownDomain: plan.isKnownDomain };
    const takes = plan.limited.flatMap((check, at) =>
      [...hitsOf(check, at), 0].map((hits) => by(check, hits)),
    );
    const taken = await store.take(takes, nowMs);
    if (taken.kind === 'down') return { kind: 'unavailable', message: taken.reason };
    let last = -1;
    const counters = plan.limited.map((check, at): CounterState => {
      last += hitsOf(check, at).length + 1;
      const { rule } = check;
      const isOverridden = overrides().find({ domain, label: rule.label }, entries, nowMs) !== undefined;
      return { rule, entries: check.entries, isOverridden, reading: taken.readings[last] ?? EMPTY };
    });
    return { kind: 'ok', counters };
  };
  return {
    read: (target) => change(target, () => []),
    reset: (target) => change(target, () => [-MAX_COUNT]),
    grant: async (target, hits) => {
      const before = await change(target, () => []);
      if (before.kind !== 'ok') return before;
      return change(target, (check, at) => grantHits(check, before.counters[at]?.reading, hits));
    },
  };
}

/** A counter for which there is no room has counted nothing. */
const EMPTY: Reading = { isOver: false, remaining: 0, resetMs: 0 };

function by({ take }: LimitedCheck, hits: number): Take {
  return { ...take, hits, isEnforced: false, isQuota: false, isSpared: false };
}

/** How far a counter is over nobody knows: it is emptied, and filled to where so many hits fit. */
function grantHits(
  { take, rule }: LimitedCheck,
  reading: Reading | undefined,
  hits: number,
): readonly number[] {
  if (reading?.isOver !== true) return [-hits];
  const { allowance } = rule;
  const isBucket = allowance.kind === 'rate' && allowance.algorithm.kind === 'bucket';
  const most = isBucket ? allowance.algorithm.burst : take.limit;
  return [-MAX_COUNT, Math.max(0, most - hits)];
}
