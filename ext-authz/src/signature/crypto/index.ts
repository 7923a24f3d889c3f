export { signBytes } from './sign-bytes.ts';
export { verifyAny } from './verify-any.ts';
export { type BoundKey, nobodysKey, verifyBytes, verifyText } from './verify-bytes.ts';
