export type { NonceRule, Rule, RuleSet, Verification } from './rule.ts';
export { type Applied, createRuleBook, type LoadedPolicies, type RuleBook } from './rule-book.ts';
