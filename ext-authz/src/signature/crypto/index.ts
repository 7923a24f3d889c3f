export { signBytes } from './sign-bytes.ts';
export { verifyAny } from './verify-any.ts';
export { type BoundKey, nobodysKey, verifyBytes } from './verify-bytes.ts';
