// For the command and for tests in other workspaces.
export { type AuditSettings, readChainKey, type VerifyReport, verifyAuditFiles } from './audit/index.ts';
export { readCaptured } from './check/index.ts';
export {
  type DryRun,
  firstDifference,
  type Judgement,
  openDryRun,
  readTable,
  runTable,
  signingKeyOf,
  signProfileOf,
  type TableRun,
} from './dry-run/index.ts';
export { parseSecret } from './keys/index.ts';
export { createLineCheck, type LineAnswer } from './line-check/index.ts';
export { type ExtAuthzOptions, startExtAuthz } from './main.ts';
export { messageOf } from './message/index.ts';
export { openInProcess } from './open-in-process.ts';
export { type CredentialHeaders, type SignRequest, signRequest } from './signature/hmac/index.ts';
export { type PrivateSigningKey, type SignedRequest, type SignProfile, signAny } from './signature/index.ts';
