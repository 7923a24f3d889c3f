export { encodeCanonical } from './canonical.ts';
export type { TranslatedResources } from './model.ts';
export { StdoutAccessLogSchema } from './stdout-access-log.ts';
export { translateProxy } from './translate-proxy.ts';
