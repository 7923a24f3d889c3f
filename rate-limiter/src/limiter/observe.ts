import type { Allowance } from '../match/index.ts';
import type { Counted } from './count.ts';
import type { Check, LimitedCheck, Plan } from './plan.ts';
import type { LimiterObserver, Outcome } from './types.ts';

export interface Observed {
  readonly domain: string;
  readonly plan: Extract<Plan, { kind: 'plan' }>;
  /** One for each limited check, in order. */
  readonly counted: readonly Counted[];
  readonly nowMs: number;
}

/** Share of a limit from which on its use is called near. */
const NEAR_RATIO = 0.8;

/** Tells what became of each check. */
export function observe(observer: LimiterObserver, observed: Observed): void {
  const { plan, counted } = observed;
  let next = 0;
  for (const own of plan.checks) {
    for (const check of own) {
      if (check.kind !== 'limited') tellUncounted(observer, observed, check);
      else {
        const result = counted[next];
        next += 1;
        if (result !== undefined) tell(observer, observed, check, result);
      }
    }
  }
}

function tellUncounted(
  observer: LimiterObserver,
  { domain, plan, nowMs }: Observed,
  check: Exclude<Check, LimitedCheck>,
): void {
  if (check.kind === 'none') {
    observer.unmatched(plan.isKnownDomain ? domain : undefined);
    return;
  }
  const { rule, entries, hits } = check;
  observer.decided({ domain, rule, entries, key: '', hits, outcome: 'unlimited', share: 0 }, nowMs);
}

function tell(
  observer: LimiterObserver,
  { domain, nowMs }: Observed,
  check: LimitedCheck,
  { requests, reading }: Counted,
): void {
  const { rule, entries, take } = check;
  const most = mostOf(rule.allowance, requests);
  const used = most - reading.remaining;
  const outcome = reading.isOver ? overOutcome(check) : withinOutcome(used, most);
  const share = reading.isOver || most === 0 ? 1 : Math.max(0, used / most);
  observer.decided({ domain, rule, entries, key: take.key, hits: take.hits, outcome, share }, nowMs);
}

function overOutcome({ rule }: LimitedCheck): Outcome {
  return rule.isShadow ? 'shadow_over' : 'over';
}

function withinOutcome(used: number, most: number): Outcome {
  return used > Math.floor(most * NEAR_RATIO) ? 'near' : 'within';
}

/** What can be left at most: of a bucket all that it holds. */
function mostOf(allowance: Allowance, requests: number): number {
  const isBucket = allowance.kind === 'rate' && allowance.algorithm.kind === 'bucket';
  return isBucket ? allowance.algorithm.burst : requests;
}
