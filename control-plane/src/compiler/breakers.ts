import type { CircuitBreakerPolicySpec, DocumentOf } from '@paymesh/common/policy';

import type { BreakerIr, OutlierIr } from '../ir/index.ts';
import { BUILT_IN } from './built-in.ts';
import { builtIn, type Leaf, mergeLeaf } from './merge.ts';

type Policies = readonly DocumentOf<'CircuitBreakerPolicy'>[];
type Eject = NonNullable<CircuitBreakerPolicySpec['eject']>;
type Failures = NonNullable<Eject['failurePercent']>;

/** A part of a cluster with the provenance of its leaves. */
export interface Part<T> {
  readonly value: T;
  readonly provenance: Readonly<Record<string, string>>;
}

/** Bounds on the retries of one service. */
export interface Budget {
  readonly percent: Leaf<number>;
  readonly minConcurrency: Leaf<number>;
}

/** Limits of concurrency; a retry budget is always set, for without one Envoy drops the fourth retry. */
export function compileBreaker(policies: Policies, budget: Budget): Part<BreakerIr> {
  const limit = (key: keyof typeof BUILT_IN.breaker): Leaf<number> =>
    mergeLeaf(policies, `spec.limits.${key}`, ({ limits }) => limits?.[key], builtIn(BUILT_IN.breaker[key]));
  const leaves = {
    maxConnections: limit('connections'),
    maxPending: limit('pending'),
    maxRequests: limit('requests'),
    ...retryLimits(policies, budget),
  };
  return {
    value: {
      maxConnections: leaves.maxConnections.value,
      maxPending: leaves.maxPending.value,
      maxRequests: leaves.maxRequests.value,
      retryBudgetPercent: leaves.retryBudgetPercent.value,
      retryMinConcurrency: leaves.retryMinConcurrency.value,
    },
    provenance: Object.fromEntries(Object.entries(leaves).map(([key, { from }]) => [`breaker.${key}`, from])),
  };
}

/** A typed number of retries is a budget of no percent: Envoy's max_retries does not hold beside a budget. */
function retryLimits(
  policies: Policies,
  { percent, minConcurrency }: Budget,
): Readonly<Record<'retryBudgetPercent' | 'retryMinConcurrency', Leaf<number>>> {
  const { value, from } = mergeLeaf<DocumentOf<'CircuitBreakerPolicy'>, number | undefined>(
    policies,
    'spec.limits.retries',
    ({ limits }) => limits?.retries,
    builtIn(undefined),
  );
  if (value === undefined) return { retryBudgetPercent: percent, retryMinConcurrency: minConcurrency };
  return { retryBudgetPercent: { value: 0, from }, retryMinConcurrency: { value, from } };
}

/** Ejection of failing instances, only where a policy asks for it. */
export function compileOutlier(policies: Policies, instances: number): Part<OutlierIr> | undefined {
  const ejecting = policies.filter(({ spec }) => spec.eject !== undefined);
  const base = ejecting[0]?.spec.eject;
  if (base === undefined) return undefined;
  const leaf = <T>(path: string, read: (eject: Eject) => T): Leaf<T> =>
    mergeLeaf(
      ejecting,
      `spec.eject.${path}`,
      ({ eject }) => (eject === undefined ? undefined : read(eject)),
      builtIn(read(base)),
    );
  const consecutive5xx = leaf('consecutive5xx', (eject) => eject.consecutive5xx);
  const intervalMs = leaf('interval', (eject) => eject.intervalMs);
  const ejectMs = leaf('for', (eject) => eject.forMs);
  const maxPercent = leaf('maxPercent', (eject) => eject.maxPercent);
  const failures = compileFailures(ejecting);
  return {
    value: {
      consecutive5xx: consecutive5xx.value,
      ...(failures === undefined ? {} : { failurePercent: failures.value }),
      intervalMs: intervalMs.value,
      ejectMs: ejectMs.value,
      maxPercent: Math.max(maxPercent.value, leastEjectionPercent(instances)),
    },
    provenance: {
      'outlier.consecutive5xx': consecutive5xx.from,
      ...failures?.provenance,
      'outlier.intervalMs': intervalMs.from,
      'outlier.ejectMs': ejectMs.from,
      'outlier.maxPercent': maxPercent.from,
    },
  };
}

/** The share of failures, where a policy gives one; its two leaves may come from two policies. */
function compileFailures(policies: Policies): Part<Failures> | undefined {
  const base = policies.map(({ spec }) => spec.eject?.failurePercent).find((one) => one !== undefined);
  if (base === undefined) return undefined;
  const leaf = (key: keyof Failures): Leaf<number> =>
    mergeLeaf(
      policies,
      `spec.eject.failurePercent.${key}`,
      ({ eject }) => eject?.failurePercent?.[key],
      builtIn(base[key]),
    );
  const [over, minRequests] = [leaf('over'), leaf('minRequests')];
  return {
    value: { over: over.value, minRequests: minRequests.value },
    provenance: {
      'outlier.failurePercent.over': over.from,
      'outlier.failurePercent.minRequests': minRequests.from,
    },
  };
}

/** Below 100/n percent Envoy never ejects one of n instances (envoy-resilience 4). */
export function leastEjectionPercent(instances: number): number {
  return Math.ceil(100 / Math.max(1, instances));
}
