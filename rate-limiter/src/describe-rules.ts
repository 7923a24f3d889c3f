import { type Allowance, type NodeSpec, nodeText, type Rule, type RuleSet } from './match/index.ts';

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
  const descriptor = [...parents, nodeText(node)];
  const below = node.children.flatMap((child) => viewsOf(child, descriptor));
  return [...node.rules.map((rule) => viewOf(rule, descriptor)), ...below];
}

function viewOf(
  { label, allowance, isShadow, isQuota, onStoreDown }: Rule,
  descriptor: readonly string[],
): RuleView {
  const fallback = onStoreDown.kind === 'local' ? `local ${onStoreDown.factor}` : onStoreDown.kind;
  return { descriptor, label, limit: limitText(allowance), isShadow, isQuota, onStoreDown: fallback };
}

/** `10/minute`, `10/5minute sliding`, `8 at once`, `unlimited`. */
export function limitText(allowance: Allowance): string {
  switch (allowance.kind) {
    case 'unlimited':
      return 'unlimited';
    case 'concurrency':
      return `${allowance.requests} at once`;
    case 'rate': {
      const { requests, period, algorithm } = allowance;
      const rate = `${requests}/${period.every === 1 ? '' : period.every}${period.unit}`;
      if (algorithm.kind === 'fixed') return rate;
      if (algorithm.kind === 'calendar') return `${rate} ${algorithm.timeZone}`;
      return algorithm.kind === 'bucket' ? `${rate} burst ${algorithm.burst}` : `${rate} ${algorithm.kind}`;
    }
  }
}
