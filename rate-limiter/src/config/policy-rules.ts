import {
  type DescriptorEntry,
  type DocumentOf,
  descriptorEntries,
  type LimitMeasure,
  type LimitSpec,
  type PolicyDocument,
  policyId,
  type RateLimitPolicySpec,
  takenKey,
} from '@paymesh/common/policy';

import type {
  Algorithm,
  Allowance,
  DomainSpec,
  NodeSpec,
  OnStoreDown,
  Rule,
  ValueMatch,
} from '../match/index.ts';

/** The rate-limit domain in which the proxies ask for limits of policies. */
export const POLICY_DOMAIN = 'paymesh';

/** Builds the rule tree of all RateLimitPolicies. Without any, the domain has no rules and everything passes. */
export function policyRules(documents: readonly PolicyDocument[]): DomainSpec {
  const nodes = documents
    .filter((document) => document.kind === 'RateLimitPolicy')
    .filter(({ spec }) => spec.mode !== 'Off')
    .map(policyNode);
  return { domain: POLICY_DOMAIN, nodes };
}

function policyNode(document: DocumentOf<'RateLimitPolicy'>): NodeSpec {
  const id = policyId(document);
  const limits = document.spec.limits.map((limit) => limitNode(id, document.spec, limit));
  return { ...literal('policy', id), children: limits };
}

function limitNode(id: string, spec: RateLimitPolicySpec, limit: LimitSpec): NodeSpec {
  // The first entry is the policy, which is the parent of this node.
  const [, own, ...selectors] = descriptorEntries(id, limit);
  if (own === undefined) throw new Error('a descriptor of a limit begins with its policy and its name');
  const rule = (measure: LimitMeasure): Rule => ruleOf(id, spec, limit, measure);
  const [first, ...rest] = selectors;
  const overrides = limit.overrides.flatMap(({ value, measure }) => {
    return first === undefined ? [] : [limited(first, { kind: 'exact', value }, rest, rule(measure))];
  });
  const standard = rule(limit.measure);
  return {
    ...entryNode(own, { kind: 'any' }),
    rules: [standard],
    children: [...below(selectors, standard), ...overrides],
  };
}

/**
 * The nodes that may follow: Envoy leaves out the entry of a header that a request does not have, so any later
 * selector may come next, and each node has the rule. Requests without a value share one counter.
 */
function below(selectors: readonly DescriptorEntry[], rule: Rule): readonly NodeSpec[] {
  return selectors.map((entry, index) => limited(entry, { kind: 'any' }, selectors.slice(index + 1), rule));
}

function limited(
  entry: DescriptorEntry,
  value: ValueMatch,
  rest: readonly DescriptorEntry[],
  rule: Rule,
): NodeSpec {
  return { ...entryNode(entry, value), rules: [rule], children: below(rest, rule) };
}

function entryNode(entry: DescriptorEntry, value: ValueMatch): NodeSpec {
  if ('value' in entry) return literal(entry.key, entry.value);
  return { key: entry.key, isKeyPattern: false, value, sharesCounter: false, rules: [], children: [] };
}

function literal(key: string, value: string): NodeSpec {
  return {
    key,
    isKeyPattern: false,
    value: { kind: 'exact', value },
    sharesCounter: false,
    rules: [],
    children: [],
  };
}

function ruleOf(id: string, spec: RateLimitPolicySpec, limit: LimitSpec, measure: LimitMeasure): Rule {
  const label = `${id}/${limit.name}`;
  const isReturned = measure.algorithm === 'Concurrency' || limit.refund !== undefined;
  return {
    label,
    name: limit.name,
    allowance: allowanceOf(measure),
    isSpared: limit.consume === 'Admitted',
    ...(isReturned && { takenKey: takenKey(label) }),
    replaces: [],
    isShadow: spec.mode === 'Shadow',
    isQuota: false,
    sendsRetryAfter: spec.onLimited.retryAfter,
    // Always said, so that no flag adds the X-RateLimit headers that Envoy itself sends here.
    headers: spec.onLimited.headers,
    onStoreDown: onStoreDownOf(spec),
  };
}

function allowanceOf(measure: LimitMeasure): Allowance {
  if (measure.algorithm === 'Concurrency') {
    return { kind: 'concurrency', requests: measure.max, holdMs: measure.holdMs };
  }
  const { requests, unit, every } = measure.rate;
  return { kind: 'rate', requests, period: { unit, every }, algorithm: algorithmOf(measure) };
}

function algorithmOf(measure: Exclude<LimitMeasure, { algorithm: 'Concurrency' }>): Algorithm {
  switch (measure.algorithm) {
    case 'Fixed':
      return { kind: 'fixed' };
    case 'Sliding':
      return { kind: 'sliding' };
    case 'TokenBucket':
      return { kind: 'bucket', burst: measure.burst };
    case 'Calendar':
      return { kind: 'calendar', unit: measure.rate.unit, timeZone: measure.timeZone };
  }
}

function onStoreDownOf({ onStoreDown: { fallback, factor } }: RateLimitPolicySpec): OnStoreDown {
  switch (fallback) {
    case 'Open':
      return { kind: 'open' };
    case 'Closed':
      return { kind: 'closed' };
    case 'Local':
      return { kind: 'local', factor };
  }
}
