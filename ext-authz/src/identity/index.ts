export { type Caller, createCallerReader } from './caller.ts';
export { fetchText } from './fetch-text.ts';
export { createKeysBehind, type FetchText, type KeysBehind } from './fetched-keys.ts';
export { fixedKeys } from './token-keys.ts';
export { type Claims, createVerifyToken, type VerifiedToken, type VerifyToken } from './verify-token.ts';
