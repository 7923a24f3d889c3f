export type { AuditEntry } from './audit-entry.ts';
export { type Audit, type AuditOptions, createAudit } from './audit-log.ts';
export { type VerifyOptions, type VerifyReport, verifyAuditFiles } from './chain/index.ts';
export { decisionId } from './decision-id.ts';
export { decisionRecord } from './decision-record.ts';
export { type AuditSettings, openAudit, readChainKey } from './open-audit.ts';
export type { DropCause, LineSink } from './sink/index.ts';
