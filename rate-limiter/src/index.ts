// For the command and for tests in other workspaces.
export { findingLine, loadRules } from './config/index.ts';
export { limitText } from './describe-rules.ts';
export { RateLimiterError, type RateLimiterErrorCode } from './error.ts';
export { type RateLimiterOptions, startRateLimiter } from './main.ts';
export {
  type DomainSpec,
  type Entry,
  type ExplainStep,
  type Explanation,
  explainMatch,
  nodeText,
  type Rule,
  type RuleSet,
} from './match/index.ts';
export { createReplay, parseLogLine, type ReplayReport } from './replay/index.ts';
