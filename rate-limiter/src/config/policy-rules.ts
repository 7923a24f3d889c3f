import {
  type DescriptorEntry,
  type DocumentOf,
  descriptorEntries,
  type LimitSpec,
  type PolicyDocument,
  policyId,
  type Rate,
  type RateLimitPolicySpec,
} from '@paymesh/common/policy';

import type { DomainSpec, NodeSpec, OnStoreDown, Rule, ValueMatch } from '../match/index.ts';

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
  const rule = (rate: Rate): Rule => ruleOf(id, spec, limit.name, rate);
  const [first, ...rest] = selectors;
  const overrides = limit.overrides.flatMap(({ value, rate }) => {
    return first === undefined ? [] : [limited(first, { kind: 'exact', value }, rest, rule(rate))];
  });
  const standard = rule(limit.rate);
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

function ruleOf(id: string, spec: RateLimitPolicySpec, name: string, rate: Rate): Rule {
  return {
    label: `${id}/${name}`,
    name,
    allowance: {
      kind: 'rate',
      requests: rate.requests,
      period: { unit: rate.unit, every: 1 },
      algorithm: { kind: 'fixed' },
    },
    isSpared: false,
    replaces: [],
    isShadow: spec.mode === 'Shadow',
    isQuota: false,
    sendsRetryAfter: spec.onLimited.retryAfter,
    // Always said, so that no flag adds the X-RateLimit headers that Envoy itself sends here.
    headers: spec.onLimited.headers,
    onStoreDown: onStoreDownOf(spec),
  };
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
