export { type LogLine, type ParsedLine, parseLogLine } from './parse-line.ts';
export { createReplay, type Replay, type ReplayOptions } from './replay.ts';
export type { KeyReport, ReplayReport, RuleReport } from './types.ts';
