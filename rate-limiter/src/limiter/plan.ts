import { type Window, windowAt } from '../algorithm/index.ts';
import { type Entry, findRule, type Level, type Rule, type RuleSet } from '../match/index.ts';
import type { Take } from '../store/index.ts';
import { counterKey } from './counter-key.ts';
import type { Descriptor, LimitRequest } from './types.ts';

/** What is to be done for one descriptor. */
export type Check =
  /** Nothing matched, or another rule replaced the one that did. */
  { readonly kind: 'none' } | { readonly kind: 'unlimited'; readonly rule: Rule } | LimitedCheck;

export interface LimitedCheck {
  readonly kind: 'limited';
  readonly rule: Rule;
  readonly requests: number;
  readonly window: Window;
  readonly take: Take;
}

export type Plan =
  | { readonly kind: 'plan'; readonly isKnownDomain: boolean; readonly checks: readonly Check[] }
  | { readonly kind: 'invalid'; readonly message: string };

/** Label of the limits that come with requests. */
const OVERRIDE_LABEL = 'override';

/** Finds the rule of each descriptor and takes out the replaced ones. Counts nothing. */
export function planRequest(rules: RuleSet, request: LimitRequest, nowMs: number): Plan {
  const root = rules.domains.get(request.domain);
  if (root === undefined) {
    return { kind: 'plan', isKnownDomain: false, checks: request.descriptors.map(() => NONE) };
  }
  if (request.descriptors.some(({ override }) => override !== undefined && override.unit === undefined)) {
    return {
      kind: 'invalid',
      message: 'the unit of a limit override must be SECOND, MINUTE, HOUR, DAY, WEEK, MONTH or YEAR',
    };
  }
  const checks = request.descriptors.map((descriptor) =>
    planDescriptor(root, request.domain, descriptor, nowMs),
  );
  return { kind: 'plan', isKnownDomain: true, checks: withoutReplaced(checks) };
}

const NONE: Check = { kind: 'none' };

function planDescriptor(root: Level, domain: string, descriptor: Descriptor, nowMs: number): Check {
  const { override, entries } = descriptor;
  if (override?.unit !== undefined) {
    const rule = overrideRule(override.requests, override.unit);
    return limitedCheck({ domain, rule, entries, hits: descriptor.hits, nowMs });
  }
  const match = findRule(root, entries);
  if (match === undefined) return NONE;
  return limitedCheck({ domain, rule: match.rule, entries: match.entries, hits: descriptor.hits, nowMs });
}

interface CheckInput {
  readonly domain: string;
  readonly rule: Rule;
  readonly entries: readonly Entry[];
  readonly hits: number;
  readonly nowMs: number;
}

function limitedCheck({ domain, rule, entries, hits, nowMs }: CheckInput): Check {
  if (rule.allowance.kind === 'unlimited') return { kind: 'unlimited', rule };
  const { requests, unit } = rule.allowance;
  const window = windowAt(unit, nowMs);
  const key = counterKey(domain, entries, unit);
  const group = `${domain}|${rule.label}`;
  const take = { key, group, windowStartMs: window.startMs, windowMs: window.lengthMs, hits };
  return { kind: 'limited', rule, requests, window, take };
}

function overrideRule(requests: number, unit: Window['unit']): Rule {
  return {
    label: OVERRIDE_LABEL,
    name: '',
    allowance: { kind: 'rate', requests, unit },
    replaces: [],
    isShadow: false,
    isQuota: false,
    sendsRetryAfter: true,
    onStoreDown: { kind: 'closed' },
  };
}

/**
 * Every matched rule replaces those it names, a replaced one too: two that name each other both go.
 * An unlimited rule replaces but is never replaced, as in envoyproxy/ratelimit.
 */
function withoutReplaced(checks: readonly Check[]): readonly Check[] {
  const replaced = new Set(checks.flatMap((check) => (check.kind === 'none' ? [] : check.rule.replaces)));
  if (replaced.size === 0) return checks;
  return checks.map((check) => (check.kind === 'limited' && replaced.has(check.rule.name) ? NONE : check));
}
