import type { Clock } from '@paymesh/common/clock';

import type { RuleSet } from '../match/index.ts';
import type { OverrideIndex } from '../overrides/index.ts';
import type { CounterStore } from '../store/index.ts';
import { combine, type GlobalModes } from './combine.ts';
import { type CountResult, countAll } from './count.ts';
import { type CounterKey, counterKey as ownCounterKey } from './counter-key.ts';
import { createMeterAt } from './meter.ts';
import { observe } from './observe.ts';
import { planRequest } from './plan.ts';
import type { Decision, LimiterObserver, LimitRequest } from './types.ts';

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
  /** Limits of single tenants that hold now. Default: none. */
  readonly overrides?: () => OverrideIndex;
}

export interface Limiter {
  /** Never rejects. Answers at once where the store does. */
  decide(request: LimitRequest): Decision | Promise<Decision>;
}

const NO_MODES: GlobalModes = { isShadow: false, isQuota: false };
/** Far above what proxies send; more would hold up everybody else. */
const MAX_DESCRIPTORS = 1_000;
const MAX_ENTRIES = 100;

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
      const { isQuota } = modes;
      const overrides = options.overrides?.();
      const plan = planRequest(rules, request, { nowMs, meterAt, counterKey, isQuota, overrides });
      if (plan.kind === 'invalid') return plan;
      const decide = (result: CountResult): Decision => {
        if (result.kind === 'unavailable') return result;
        observe(observer, { domain: request.domain, plan, counted: result.counted, nowMs });
        return combine(plan.checks, result.counted, modes, nowMs);
      };
      const result = countAll(options, plan.limited, nowMs);
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
