import { buildLevel } from './tree.ts';
import type { Level, NodeSpec } from './types.ts';

/** The declared tree of one domain. */
export interface DomainSpec {
  readonly domain: string;
  readonly nodes: readonly NodeSpec[];
}

/** All rules at one moment; never changed, only replaced as a whole. */
export interface RuleSet {
  readonly domains: ReadonlyMap<string, Level>;
  /** What the tree was built from, for the admin port. */
  readonly specs: readonly DomainSpec[];
}

/** Compiles the declared trees. Domains must differ. */
export function buildRuleSet(specs: readonly DomainSpec[]): RuleSet {
  return { domains: new Map(specs.map(({ domain, nodes }) => [domain, buildLevel(nodes)])), specs };
}
