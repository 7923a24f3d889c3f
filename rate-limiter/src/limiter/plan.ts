import { type Entry, findRule, type Level, type Rule, type RuleSet } from '../match/index.ts';
import type { Take } from '../store/index.ts';
import type { CounterKey } from './counter-key.ts';
import type { MeterAt } from './meter.ts';
import type { Descriptor, LimitRequest } from './types.ts';

/** What one limit asks for. */
export type Check =
  /** Nothing matched, or another rule replaced the one that did. */
  { readonly kind: 'none' } | { readonly kind: 'unlimited'; readonly rule: Rule } | LimitedCheck;

export interface LimitedCheck {
  readonly kind: 'limited';
  readonly rule: Rule;
  readonly take: Take;
}

export type Plan =
  | {
      readonly kind: 'plan';
      readonly isKnownDomain: boolean;
      /** For each descriptor those of its rules, at least one. */
      readonly checks: readonly (readonly Check[])[];
    }
  | { readonly kind: 'invalid'; readonly message: string };

export interface PlanOptions {
  readonly nowMs: number;
  readonly meterAt: MeterAt;
  readonly counterKey: CounterKey;
  /** Every descriptor is part of the quota. */
  readonly isQuota: boolean;
}

/** Label of the limits that come with requests. */
const OVERRIDE_LABEL = 'override';
const NONE: Check = { kind: 'none' };
const ONLY_NONE: readonly Check[] = [NONE];

/** Finds the rules of each descriptor and takes out the replaced ones. Counts nothing. */
export function planRequest(rules: RuleSet, request: LimitRequest, options: PlanOptions): Plan {
  const root = rules.domains.get(request.domain);
  if (root === undefined) {
    return { kind: 'plan', isKnownDomain: false, checks: request.descriptors.map(() => ONLY_NONE) };
  }
  if (request.descriptors.some(({ override }) => override !== undefined && override.unit === undefined)) {
    return {
      kind: 'invalid',
      message: 'the unit of a limit override must be SECOND, MINUTE, HOUR, DAY, WEEK, MONTH or YEAR',
    };
  }
  const { domain, descriptors } = request;
  const checks = descriptors.map((descriptor) => planDescriptor({ root, domain, descriptor, options }));
  return { kind: 'plan', isKnownDomain: true, checks: withoutReplaced(checks) };
}

interface DescriptorInput {
  readonly root: Level;
  readonly domain: string;
  readonly descriptor: Descriptor;
  readonly options: PlanOptions;
}

function planDescriptor({ root, domain, descriptor, options }: DescriptorInput): readonly Check[] {
  const { override, entries, hits } = descriptor;
  if (override?.unit !== undefined) {
    const rule = overrideRule(override.requests, override.unit);
    return [checkOf(rule, { domain, entries, hits, options })];
  }
  const match = findRule(root, entries);
  if (match === undefined) return ONLY_NONE;
  return match.rules.map((rule) => checkOf(rule, { domain, entries: match.entries, hits, options }));
}

interface CheckInput {
  readonly domain: string;
  readonly entries: readonly Entry[];
  readonly hits: number;
  readonly options: PlanOptions;
}

function checkOf(rule: Rule, { domain, entries, hits, options }: CheckInput): Check {
  const { allowance } = rule;
  if (allowance.kind === 'unlimited') return { kind: 'unlimited', rule };
  const take: Take = {
    key: options.counterKey(domain, entries, allowance),
    group: `${domain}|${rule.label}`,
    meter: options.meterAt(allowance, options.nowMs),
    limit: allowance.requests,
    hits,
    isEnforced: !(rule.isShadow || rule.isQuota || options.isQuota),
    isSpared: rule.isSpared,
  };
  return { kind: 'limited', rule, take };
}

function overrideRule(requests: number, unit: NonNullable<Descriptor['override']>['unit']): Rule {
  return {
    label: OVERRIDE_LABEL,
    name: '',
    allowance: {
      kind: 'rate',
      requests,
      period: { unit: unit ?? 'second', every: 1 },
      algorithm: { kind: 'fixed' },
    },
    replaces: [],
    isSpared: false,
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
function withoutReplaced(checks: readonly (readonly Check[])[]): readonly (readonly Check[])[] {
  let replaced: Set<string> | undefined;
  for (const check of checks.flat()) {
    if (check.kind === 'none') continue;
    for (const name of check.rule.replaces) replaced = (replaced ?? new Set()).add(name);
  }
  if (replaced === undefined) return checks;
  const isReplaced = (check: Check): boolean =>
    check.kind === 'limited' && replaced.has(check.rule.name) === true;
  return checks.map((own) => own.map((check) => (isReplaced(check) ? NONE : check)));
}
