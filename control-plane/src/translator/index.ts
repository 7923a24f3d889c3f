export { encodeCanonical } from './canonical.ts';
export { PreviousPrioritiesConfigSchema, StdoutAccessLogSchema } from './extra-types.ts';
export type { TranslatedResources } from './model.ts';
export { translateProxy } from './translate-proxy.ts';
