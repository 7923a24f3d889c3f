export { type Chain, createChain } from './chain.ts';
export { resumeChain } from './resume-chain.ts';
export { type VerifyOptions, type VerifyReport, verifyAuditFiles } from './verify-files.ts';
