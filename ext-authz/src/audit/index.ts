export { type Audit, type AuditOptions, createAudit } from './audit-log.ts';
