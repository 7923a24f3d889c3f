// For the command and for tests in other workspaces.
export { type AuditSettings, readChainKey, type VerifyReport, verifyAuditFiles } from './audit/index.ts';
export { parseSecret } from './keys/index.ts';
export { type ExtAuthzOptions, startExtAuthz } from './main.ts';
export { type CredentialHeaders, type SignRequest, signRequest } from './signature/hmac/index.ts';
