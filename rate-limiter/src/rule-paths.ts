import type { DomainSpec, NodeSpec } from './match/index.ts';

/** Keys of the descriptors that a rule is for. */
export interface RulePath {
  readonly names: Set<string>;
  /** Some key is a pattern, so others fit too. */
  hasPattern: boolean;
}

/** By label of the rule; a rule may stand at several places. */
export function rulePathsOf({ nodes }: DomainSpec): ReadonlyMap<string, RulePath> {
  const paths = new Map<string, RulePath>();
  for (const node of nodes) gather(node, [], paths);
  return paths;
}

function gather(node: NodeSpec, above: readonly NodeSpec[], paths: Map<string, RulePath>): void {
  const way = [...above, node];
  for (const { label } of node.rules) {
    const path = paths.get(label) ?? { names: new Set<string>(), hasPattern: false };
    paths.set(label, path);
    for (const { key, isKeyPattern } of way) {
      path.names.add(key);
      path.hasPattern ||= isKeyPattern;
    }
  }
  for (const child of node.children) gather(child, way, paths);
}
