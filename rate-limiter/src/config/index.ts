export { findingLine } from './format-finding.ts';
export { createLiveRules, type LiveRules, type RuleFiles } from './live-rules.ts';
export { loadRules } from './load-rules.ts';
export { servicesOfPolicies } from './services-of-policy.ts';
