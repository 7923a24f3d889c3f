export { holdsAt } from './holds-at.ts';
export { indexOverrides, type OverrideIndex } from './override-index.ts';
export { overrideKey, withOverride, withoutOverride } from './override-key.ts';
export { type Parsed, parseEntries, parseOverride, parseTarget } from './parse-override.ts';
export type { Override, OverrideTarget } from './types.ts';
export { withRequests } from './with-requests.ts';
