import type { Clock } from '@paymesh/common/clock';

import type { Rule, RuleSet } from '../match/index.ts';
import type { CounterStore } from '../store/index.ts';
import { combine, type GlobalModes } from './combine.ts';
import { type Counted, type CountResult, countAll } from './count.ts';
import { type CounterKey, counterKey as ownCounterKey } from './counter-key.ts';
import { createMeterAt } from './meter.ts';
import { type LimitedCheck, type Plan, planRequest } from './plan.ts';
import type { Decision, LimiterObserver, LimitRequest, Outcome } from './types.ts';

export interface LimiterOptions {
  /** The rules that hold now; undefined before the first complete set. */
  readonly rules: () => RuleSet | undefined;
  readonly store: CounterStore;
  /** Counts in this process for rules that fall back to Local. */
  readonly localStore: CounterStore;
  readonly clock: Clock;
  readonly observer: LimiterObserver;
  /** Default: both off. */
  readonly modes?: GlobalModes;
  /** Names counters. Default: `counterKey`. */
  readonly counterKey?: CounterKey;
}

export interface Limiter {
  /** Never rejects. Answers at once where the store does. */
  decide(request: LimitRequest): Decision | Promise<Decision>;
}

const NO_MODES: GlobalModes = { isShadow: false, isQuota: false };
/** Far above what proxies send; more would hold up everybody else. */
const MAX_DESCRIPTORS = 1_000;
const MAX_ENTRIES = 100;
/** Share of a limit from which on its use is called near. */
const NEAR_RATIO = 0.8;

/** The way of a request: match, count, combine. */
export function createLimiter(options: LimiterOptions): Limiter {
  const { clock, observer, modes = NO_MODES, counterKey = ownCounterKey } = options;
  const meterAt = createMeterAt();
  return {
    decide: (request) => {
      const problem = problemOf(request);
      if (problem !== undefined) return { kind: 'invalid', message: problem };
      const rules = options.rules();
      if (rules === undefined) {
        return { kind: 'unavailable', message: 'no rate limit configuration loaded' };
      }
      const nowMs = clock.now();
      const plan = planRequest(rules, request, { nowMs, meterAt, counterKey, isQuota: modes.isQuota });
      if (plan.kind === 'invalid') return plan;
      const limited = plan.checks.flat().filter((check) => check.kind === 'limited');
      const decide = (result: CountResult): Decision => {
        if (result.kind === 'unavailable') return result;
        observe(observer, request.domain, plan, limited, result.counted);
        return combine(plan.checks, result.counted, modes);
      };
      const result = countAll(options, limited, nowMs);
      return result instanceof Promise ? result.then(decide) : decide(result);
    },
  };
}

/** The first two messages are those of envoyproxy/ratelimit. */
function problemOf({ domain, descriptors }: LimitRequest): string | undefined {
  if (domain === '') return 'rate limit domain must not be empty';
  if (descriptors.length === 0) return 'rate limit descriptor list must not be empty';
  if (descriptors.length > MAX_DESCRIPTORS) return `a request has at most ${MAX_DESCRIPTORS} descriptors`;
  if (descriptors.some(({ entries }) => entries.length > MAX_ENTRIES)) {
    return `a descriptor has at most ${MAX_ENTRIES} entries`;
  }
  return undefined;
}

function observe(
  observer: LimiterObserver,
  domain: string,
  plan: Extract<Plan, { kind: 'plan' }>,
  limited: readonly LimitedCheck[],
  counted: readonly Counted[],
): void {
  for (const check of plan.checks.flat()) {
    if (check.kind === 'none') observer.unmatched(plan.isKnownDomain ? domain : undefined);
    if (check.kind === 'unlimited') observer.decided(domain, check.rule.label, 'within');
  }
  for (const [index, check] of limited.entries()) {
    const result = counted[index];
    if (result !== undefined) observer.decided(domain, check.rule.label, outcomeOf(check, result));
  }
}

function outcomeOf({ rule }: LimitedCheck, { requests, reading }: Counted): Outcome {
  if (reading.isOver) return rule.isShadow ? 'shadow_over' : 'over';
  const limit = mostOf(rule.allowance, requests);
  return limit - reading.remaining > Math.floor(limit * NEAR_RATIO) ? 'near' : 'within';
}

/** What can be left at most: of a bucket all that it holds. */
function mostOf(allowance: Rule['allowance'], requests: number): number {
  const isBucket = allowance.kind === 'rate' && allowance.algorithm.kind === 'bucket';
  return isBucket ? allowance.algorithm.burst : requests;
}
