export { findingsError, printFindings } from './findings.ts';
export { readPolicies, readPolicyFiles } from './read-policies.ts';
