export { encodeCanonical } from './canonical.ts';
export { type Translation, translateProxy } from './translate-proxy.ts';
