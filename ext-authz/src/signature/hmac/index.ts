export { canonicalText, type SignedParts } from './canonical.ts';
export { type Credential, type CredentialText, type ParsedCredential, parseCredential } from './parse.ts';
export { type CredentialHeaders, type SignRequest, signRequest } from './sign.ts';
export { type VerifyRequest, verifyHmac } from './verify.ts';
