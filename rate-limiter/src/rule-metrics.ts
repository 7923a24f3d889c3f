import type { Registry } from '@paymesh/common/metrics';

import type { DecidedLimit, Outcome } from './limiter/index.ts';

/** Counts of each rule. Adding is two look-ups and a few additions: it is done for every limit of every request. */
export interface RuleMetrics {
  readonly add: (limit: DecidedLimit) => void;
}

/** Rules counted apart, those of configurations that are gone included; what comes after is counted as this one. */
const MAX_RULES = 10_000;
const OTHER = 'other';

const OUTCOMES: readonly Outcome[] = ['within', 'near', 'over', 'shadow_over', 'unlimited'];
/** Shares of a limit. */
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1] as const;

interface Counts {
  readonly labels: { readonly domain: string; readonly limit: string };
  /** By place in OUTCOMES. */
  readonly decisions: Float64Array;
  readonly hits: Float64Array;
  /** By place in SHARES: those at or below it and above the one before. */
  readonly shares: Float64Array;
  shareSum: number;
}

interface Value {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Registers `paymesh_ratelimit_decisions_total`, `_hits_total` and the histogram `_used_ratio`. Labels are domains and
 * labels of rules: from the configuration, never from a request.
 */
export function createRuleMetrics(registry: Registry, maxRules = MAX_RULES): RuleMetrics {
  const byDomain = new Map<string, Map<string, Counts>>();
  const all: Counts[] = [];
  const countsOf = (domain: string, limit: string): Counts => {
    const known = byDomain.get(domain)?.get(limit);
    if (known !== undefined) return known;
    if (all.length >= maxRules && domain !== OTHER) return countsOf(OTHER, OTHER);
    const made = emptyCounts(domain, limit);
    const limits = byDomain.get(domain) ?? new Map<string, Counts>();
    byDomain.set(domain, limits.set(limit, made));
    all.push(made);
    return made;
  };
  register(registry, {
    name: 'paymesh_ratelimit_decisions_total',
    help: 'Decisions on one limit, by how they came out.',
    type: 'counter',
    values: () => madeFor(all, ({ labels, decisions }) => byOutcome(labels, decisions)),
  });
  register(registry, {
    name: 'paymesh_ratelimit_hits_total',
    help: 'Hits of those decisions; what was given back is not taken off.',
    type: 'counter',
    values: () => madeFor(all, ({ labels, hits }) => byOutcome(labels, hits)),
  });
  register(registry, {
    name: 'paymesh_ratelimit_used_ratio',
    help: 'Share of the limit that a caller had used after a decision; 1: nothing is left.',
    type: 'histogram',
    values: () => madeFor(all, (counts) => (isLimited(counts) ? shareValues(counts) : [])),
  });
  return {
    add: ({ domain, rule, outcome, hits, share }) => {
      const counts = countsOf(domain, rule.label);
      const at = OUTCOMES.indexOf(outcome);
      counts.decisions[at] = (counts.decisions[at] ?? 0) + 1;
      if (hits > 0) counts.hits[at] = (counts.hits[at] ?? 0) + hits;
      if (outcome === 'unlimited') return;
      let bucket = 0;
      while (share > (SHARES[bucket] ?? 1)) bucket += 1;
      counts.shares[bucket] = (counts.shares[bucket] ?? 0) + 1;
      counts.shareSum += share;
    },
  };
}

function emptyCounts(domain: string, limit: string): Counts {
  return {
    labels: { domain, limit },
    decisions: new Float64Array(OUTCOMES.length),
    hits: new Float64Array(OUTCOMES.length),
    shares: new Float64Array(SHARES.length),
    shareSum: 0,
  };
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'histogram';
  readonly values: () => Iterable<Value>;
}

function register(registry: Registry, { name, help, type, values }: Family): void {
  const labelNames = type === 'counter' ? ['domain', 'limit', 'outcome'] : ['domain', 'limit'];
  const get = async () => ({ name, help, type, aggregator: 'sum', values: values() });
  // Registry takes whatever has a name and `get`; its type knows its own four classes only.
  registry.registerMetric({ name, help, type, labelNames, get, reset: () => undefined } as never);
}

/** Made rule by rule while they are written, for there may be a hundred thousand. */
function* madeFor(all: readonly Counts[], valuesOf: (counts: Counts) => readonly Value[]): Generator<Value> {
  for (const counts of all) yield* valuesOf(counts);
}

/** Outcomes that were never seen are left out. */
function byOutcome(labels: Counts['labels'], counts: Float64Array): readonly Value[] {
  return OUTCOMES.flatMap((outcome, at) => {
    const value = counts[at] ?? 0;
    return value === 0 ? [] : [{ labels: { ...labels, outcome }, value }];
  });
}

function isLimited({ shares }: Counts): boolean {
  return shares.some((count) => count > 0);
}

/** Cumulative, as the text format wants them. */
function shareValues({ labels, shares, shareSum }: Counts): readonly Value[] {
  const metricName = 'paymesh_ratelimit_used_ratio';
  let count = 0;
  const buckets = SHARES.map((le, at) => {
    count += shares[at] ?? 0;
    return { metricName: `${metricName}_bucket`, labels: { le: String(le), ...labels }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${metricName}_bucket`, labels: { le: '+Inf', ...labels }, value: count },
    { metricName: `${metricName}_sum`, labels: { ...labels }, value: shareSum },
    { metricName: `${metricName}_count`, labels: { ...labels }, value: count },
  ];
}
