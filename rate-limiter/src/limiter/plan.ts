import { readTicket, type Ticket } from '../algorithm/index.ts';
import { type Entry, findRule, type Level, type Rule, type RuleSet } from '../match/index.ts';
import { type OverrideIndex, withRequests } from '../overrides/index.ts';
import type { Take } from '../store/index.ts';
import type { CounterKey } from './counter-key.ts';
import type { MeterAt } from './meter.ts';
import type { Descriptor, LimitRequest } from './types.ts';

/** What one limit asks for. */
export type Check =
  /** Nothing matched, or another rule replaced the one that did. */
  | { readonly kind: 'none' }
  | {
      readonly kind: 'unlimited';
      readonly rule: Rule;
      readonly entries: readonly Entry[];
      readonly hits: number;
    }
  | LimitedCheck;

export interface LimitedCheck {
  readonly kind: 'limited';
  /** As it holds for this request: an override of a tenant is in it. */
  readonly rule: Rule;
  /** Those it is counted under. */
  readonly entries: readonly Entry[];
  readonly take: Take;
  /** Its hits were counted in this process, and are given back there. */
  readonly isLocal: boolean;
}

export type Plan =
  | {
      readonly kind: 'plan';
      readonly isKnownDomain: boolean;
      /** For each descriptor those of its rules, at least one. */
      readonly checks: readonly (readonly Check[])[];
      /** Those of the checks that are counted, in order. */
      readonly limited: readonly LimitedCheck[];
    }
  | { readonly kind: 'invalid'; readonly message: string };

export interface PlanOptions {
  readonly nowMs: number;
  readonly meterAt: MeterAt;
  readonly counterKey: CounterKey;
  /** Every descriptor is part of the quota. */
  readonly isQuota: boolean;
  /** Limits of single tenants. Default: none. */
  readonly overrides?: OverrideIndex | undefined;
}

/** Label of the limits that come with requests. */
const OVERRIDE_LABEL = 'override';
const NONE: Check = { kind: 'none' };
const ONLY_NONE: readonly Check[] = [NONE];
const UNKNOWN_UNIT: Plan = {
  kind: 'invalid',
  message: 'the unit of a limit override must be SECOND, MINUTE, HOUR, DAY, WEEK, MONTH or YEAR',
};

/** Finds the rules of each descriptor and takes out the replaced ones. Counts nothing. */
export function planRequest(rules: RuleSet, request: LimitRequest, options: PlanOptions): Plan {
  const { domain, descriptors } = request;
  const root = rules.domains.get(domain);
  if (root === undefined) {
    return { kind: 'plan', isKnownDomain: false, checks: descriptors.map(() => ONLY_NONE), limited: [] };
  }
  if (descriptors.some(hasUnknownUnit)) return UNKNOWN_UNIT;
  const checks = descriptors.map((descriptor) => planDescriptor({ root, domain, descriptor, options }));
  const kept = withoutReplaced(checks);
  const limited = limitedOf(kept);
  if (!limited.some(isQuotaPart) || !hasPassing(kept, options))
    return { kind: 'plan', isKnownDomain: true, checks: kept, limited };
  const passing = kept.map((own) => own.map(withoutQuota));
  return { kind: 'plan', isKnownDomain: true, checks: passing, limited: limitedOf(passing) };
}

/** Where one part of the quota cannot be over (in shadow, or without a limit), the others together deny nothing. */
function hasPassing(checks: readonly (readonly Check[])[], { isQuota }: PlanOptions): boolean {
  return checks.some((own) =>
    own.some((check) => (isQuotaPart(check) ? check.rule.isShadow : isQuota && check.kind === 'none')),
  );
}

function isQuotaPart(check: Check): check is LimitedCheck {
  return check.kind === 'limited' && check.take.isQuota;
}

function withoutQuota(check: Check): Check {
  return isQuotaPart(check) ? { ...check, take: { ...check.take, isQuota: false } } : check;
}

function hasUnknownUnit({ override }: Descriptor): boolean {
  return override !== undefined && override.unit === undefined;
}

/** A list that grows begins with room for seventeen, and nearly always there is one. */
function limitedOf(checks: readonly (readonly Check[])[]): readonly LimitedCheck[] {
  const only = checks.length === 1 && checks[0]?.length === 1 ? checks[0][0] : undefined;
  if (only !== undefined) return only.kind === 'limited' ? [only] : [];
  const limited: LimitedCheck[] = [];
  for (const own of checks) for (const check of own) if (check.kind === 'limited') limited.push(check);
  return limited;
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
    return [checkOf(rule, { domain, own: entries, entries, hits, options })];
  }
  const match = findRule(root, entries);
  if (match === undefined) return ONLY_NONE;
  const ticket = hits < 0 ? ticketFor(match.rules, -hits, options.nowMs) : undefined;
  const given = ticket === undefined ? hits : -ticket.hits;
  return match.rules.map((rule) =>
    checkOf(rule, { domain, own: entries, entries: match.entries, hits: given, options, ticket }),
  );
}

/** What gives hits of a limit on concurrency back says when they were taken; where there are two, nobody knows of which. */
function ticketFor(rules: readonly Rule[], number: number, nowMs: number): Ticket | undefined {
  const holds = rules.flatMap(({ allowance }) =>
    allowance.kind === 'concurrency' ? [allowance.holdMs] : [],
  );
  const [holdMs] = holds;
  if (holdMs === undefined) return undefined;
  const ticket = readTicket(number, { holdMs, nowMs });
  return holds.length === 1 ? ticket : { hits: ticket.hits, isLocal: ticket.isLocal };
}

interface CheckInput {
  readonly domain: string;
  /** As the descriptor has them. */
  readonly own: readonly Entry[];
  /** Those to count under. */
  readonly entries: readonly Entry[];
  readonly hits: number;
  readonly options: PlanOptions;
  /** What the hits, given back, were told by. */
  readonly ticket?: Ticket | undefined;
}

function checkOf(declared: Rule, input: CheckInput): Check {
  const { domain, entries, hits, options, ticket } = input;
  const rule = withTenantLimit(declared, input);
  const { allowance } = rule;
  if (allowance.kind === 'unlimited') return { kind: 'unlimited', rule, entries, hits };
  const take: Take = {
    key: options.counterKey(domain, entries, allowance),
    group: `${domain}|${rule.label}`,
    meter: options.meterAt(allowance, options.nowMs),
    limit: allowance.requests,
    hits,
    isEnforced: !(rule.isShadow || rule.isQuota || options.isQuota),
    isQuota: rule.isQuota || options.isQuota,
    isSpared: rule.isSpared,
    slice: allowance.kind === 'concurrency' ? ticket?.slice : undefined,
  };
  return { kind: 'limited', rule, entries, take, isLocal: ticket?.isLocal === true };
}

/** The rule with the limit of the tenant that asks, where it has one. */
function withTenantLimit(rule: Rule, { domain, own, options }: CheckInput): Rule {
  const { overrides, nowMs } = options;
  if (overrides === undefined || overrides.isEmpty || rule.allowance.kind === 'unlimited') return rule;
  const override = overrides.find({ domain, label: rule.label }, own, nowMs);
  if (override === undefined) return rule;
  return { ...rule, allowance: withRequests(rule.allowance, override.requests) };
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
  for (const own of checks) {
    for (const check of own) {
      if (check.kind === 'none' || check.rule.replaces.length === 0) continue;
      for (const name of check.rule.replaces) replaced = (replaced ?? new Set()).add(name);
    }
  }
  if (replaced === undefined) return checks;
  const isReplaced = (check: Check): boolean => check.kind === 'limited' && replaced.has(check.rule.name);
  return checks.map((own) => own.map((check) => (isReplaced(check) ? NONE : check)));
}
