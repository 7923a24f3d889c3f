export { encodeCanonical } from './canonical.ts';
export { PreviousPrioritiesConfigSchema, StdoutAccessLogSchema } from './extra-types.ts';
export { type Translation, translateProxy } from './translate-proxy.ts';
