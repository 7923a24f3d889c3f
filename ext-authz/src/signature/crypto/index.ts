export { signBytes } from './sign-bytes.ts';
export { type BoundKey, nobodysKey, verifyBytes } from './verify-bytes.ts';
