export { documentsRefused, POLICY_KINDS, policyKindOf } from './policy-kinds.ts';
export { createProxyTable, type ProxyTable, type StreamStatus } from './proxies.ts';
export { isUpToDate, reportStatus, type StatusReport } from './report.ts';
