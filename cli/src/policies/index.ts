export { findingsError, printFindings } from './findings.ts';
