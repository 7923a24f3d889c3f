export { hmacScheme } from './present.ts';
export { type CredentialHeaders, type SignRequest, signHmac, signRequest } from './sign.ts';
