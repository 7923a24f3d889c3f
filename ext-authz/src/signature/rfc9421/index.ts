export { acceptSignature } from './accept-signature.ts';
export { componentId } from './component.ts';
export { rfc9421Scheme } from './present.ts';
export { type Rfc9421SignOptions, signRfc9421 } from './sign.ts';
