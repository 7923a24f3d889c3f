import { checkPolicySet } from './check/check-policy-set.ts';
import { compareFindings } from './finding/compare-findings.ts';
import { parsePolicyFiles } from './parse-policy-files.ts';
import type { Finding, PolicyDocument } from './types.ts';
import type { PolicyFile } from './yaml/compose-yaml.ts';

export interface LoadOptions {
  /** Unix milliseconds, to warn of keys that expire. Absent: no such warning. */
  readonly nowMs?: number;
}

export interface LoadedPolicies {
  readonly documents: readonly PolicyDocument[];
  /** Of reading and of checking, in one order. */
  readonly findings: readonly Finding[];
  /** A set with errors is never applied. */
  readonly hasErrors: boolean;
}

/** Parses and checks a set of policy files. Never throws. */
export function loadPolicies(files: readonly PolicyFile[], { nowMs }: LoadOptions = {}): LoadedPolicies {
  const parsed = parsePolicyFiles(files);
  const { documents } = parsed;
  const findings = [...parsed.findings, ...checkPolicySet(parsed, nowMs)].sort(compareFindings);
  return { documents, findings, hasErrors: findings.some(({ severity }) => severity === 'error') };
}
