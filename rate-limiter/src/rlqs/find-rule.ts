import type { Clock } from '@paymesh/common/clock';

import { periodMs } from '../algorithm/index.ts';
import { type Entry, findRule, type NodeSpec, type Rule, type RuleSet } from '../match/index.ts';
import { type OverrideIndex, withRequests } from '../overrides/index.ts';
import type { FindQuotaRule, QuotaRule } from './rule.ts';

export interface FindQuotaRuleOptions {
  readonly rules: () => RuleSet | undefined;
  /** Limits of single tenants. */
  readonly overrides: () => OverrideIndex;
  /** Tells which of them have ended. */
  readonly clock: Clock;
}

/** Orders of one bucket id that are looked up at most. */
const MOST_ORDERS = 64;

/**
 * Looks bucket ids up in the tree of descriptors. A bucket id is a map and the tree is ordered: its own order of keys
 * decides, the first declared branch that takes all entries. `unlimited` rules and counts of what is under way are no rate,
 * so everything may pass. An override of a tenant stands in for the requests of its rule.
 */
export function createFindQuotaRule({
  rules: rulesNow,
  overrides,
  clock,
}: FindQuotaRuleOptions): FindQuotaRule {
  const overridden = (domain: string, rule: Rule, entries: readonly Entry[]): Rule => {
    const index = overrides();
    if (index.isEmpty || rule.allowance.kind === 'unlimited') return rule;
    const override = index.find({ domain, label: rule.label }, entries, clock.now());
    return override === undefined
      ? rule
      : { ...rule, allowance: withRequests(rule.allowance, override.requests) };
  };
  return (domain, entries) => {
    const current = rulesNow();
    const level = current?.domains.get(domain);
    const nodes = current?.specs.find((spec) => spec.domain === domain)?.nodes;
    if (level === undefined || nodes === undefined) return undefined;
    for (const ordered of ordersOf(nodes, entries)) {
      const rules = findRule(level, ordered)?.rules;
      if (rules === undefined) continue;
      return slowest(rules.flatMap((rule) => quotaOf(overridden(domain, rule, ordered)) ?? []));
    }
    return undefined;
  };
}

/** A proxy keeps one rate of a bucket: of several the one that lets least pass in the long run, those in shadow last. */
function slowest(rules: readonly QuotaRule[]): QuotaRule | undefined {
  const perMs = ({ requests, periodMs: length }: QuotaRule): number => requests / length;
  return rules.toSorted((a, b) => Number(a.isShadow) - Number(b.isShadow) || perMs(a) - perMs(b)).at(0);
}

/** A proxy cannot keep how many are under way. */
function quotaOf({ label, allowance, isShadow, onStoreDown }: Rule): QuotaRule | undefined {
  if (allowance.kind !== 'rate') return undefined;
  const { requests, period, algorithm } = allowance;
  const burst = algorithm.kind === 'bucket' ? { burst: algorithm.burst } : {};
  return {
    label,
    requests,
    periodMs: periodMs(period),
    outlivesLimiter: onStoreDown.kind === 'local',
    isShadow,
    ...burst,
  };
}

/** The orders in which the declared keys can take the entries. */
function ordersOf(nodes: readonly NodeSpec[], entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const found: Entry[][] = [];
  walk(nodes, entries, [], found);
  return found;
}

function walk(
  nodes: readonly NodeSpec[],
  left: readonly Entry[],
  taken: readonly Entry[],
  found: Entry[][],
): void {
  if (left.length === 0) found.push([...taken]);
  for (const entry of left) {
    if (found.length >= MOST_ORDERS) return;
    const children = nodes.filter((node) => takes(node, entry)).flatMap((node) => node.children);
    const rest = left.filter((other) => other !== entry);
    const isDeclared = nodes.some((node) => takes(node, entry));
    if (isDeclared) walk(children, rest, [...taken, entry], found);
  }
}

/** Values of patterns are left to the tree itself. */
function takes({ key, isKeyPattern, value }: NodeSpec, entry: Entry): boolean {
  return (isKeyPattern || key === entry.key) && (value.kind !== 'exact' || value.value === entry.value);
}
