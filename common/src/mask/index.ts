export { maskPans } from './mask-pans.ts';
export { maskPath, maskSecrets, maskText } from './mask-text.ts';
