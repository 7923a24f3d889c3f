export { findingsError, plural, printFindings } from './findings.ts';
export { readPolicies, readPolicyFiles } from './read-policies.ts';
