export { hmacScheme } from './present.ts';
export { type CredentialHeaders, type SignRequest, signRequest } from './sign.ts';
