export { type LimiterAdmin, limiterAdmin } from './admin-client.ts';
export { entriesOf, entriesText } from './entries.ts';
export { openRules } from './open-rules.ts';
export { explanationJson, printExplanation } from './print-explanation.ts';
export { printReplay } from './print-replay.ts';
export { readLines } from './read-lines.ts';
