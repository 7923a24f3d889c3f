export { findingLine } from './format-finding.ts';
export { createLiveRules, type LiveRules } from './live-rules.ts';
