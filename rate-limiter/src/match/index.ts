export {
  type ExplainStep,
  type Explanation,
  explainMatch,
  type PassedReason,
  type TakenReason,
} from './explain.ts';
export { nodeText } from './node-text.ts';
export { buildRuleSet, type DomainSpec, type RuleSet } from './rule-set.ts';
export { findRule } from './tree.ts';
export type {
  Algorithm,
  Allowance,
  Entry,
  HeaderStyle,
  Json,
  JsonObject,
  Level,
  Match,
  NodeSpec,
  OnStoreDown,
  Rule,
  ValueMatch,
} from './types.ts';
export { compileWildcard } from './wildcard.ts';
