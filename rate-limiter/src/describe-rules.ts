import type { NodeSpec, RuleSet } from './match/index.ts';

/** A rule as the admin port shows it. */
export interface RuleView {
  /** `key=value` from the root; a key alone takes every value. */
  readonly descriptor: readonly string[];
  readonly label: string;
  readonly limit: string;
  readonly isShadow: boolean;
  readonly isQuota: boolean;
  readonly onStoreDown: string;
}

/** All rules in the order they were declared, for people. */
export function describeRules(rules: RuleSet): readonly { domain: string; rules: readonly RuleView[] }[] {
  return rules.specs.map(({ domain, nodes }) => ({
    domain,
    rules: nodes.flatMap((node) => viewsOf(node, [])),
  }));
}

function viewsOf(node: NodeSpec, parents: readonly string[]): readonly RuleView[] {
  const descriptor = [...parents, entryText(node)];
  const below = node.children.flatMap((child) => viewsOf(child, descriptor));
  const { rule } = node;
  if (rule === undefined) return below;
  const { label, allowance, isShadow, isQuota, onStoreDown } = rule;
  const limit = allowance.kind === 'unlimited' ? 'unlimited' : `${allowance.requests}/${allowance.unit}`;
  const fallback = onStoreDown.kind === 'local' ? `local ${onStoreDown.factor}` : onStoreDown.kind;
  return [{ descriptor, label, limit, isShadow, isQuota, onStoreDown: fallback }, ...below];
}

function entryText({ key, value }: NodeSpec): string {
  switch (value.kind) {
    case 'any':
      return key;
    case 'exact':
      return `${key}=${value.value}`;
    case 'wildcard':
      return `${key}=${value.pattern}`;
  }
}
