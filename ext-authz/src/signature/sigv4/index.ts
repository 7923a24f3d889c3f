export { sigv4Scheme } from './present.ts';
export { signSigv4 } from './sign.ts';
