import { compareFindings } from '../finding/compare-findings.ts';
import { checkFailoverPolicies } from '../kinds/failover-policy/check.ts';
import { checkKeySets } from '../kinds/key-set/check.ts';
import { checkMeshDefaults } from '../kinds/mesh-defaults/check.ts';
import { checkRetries } from '../kinds/retry-policy/check.ts';
import { checkRoutes } from '../kinds/route/check.ts';
import { checkServices } from '../kinds/service/check.ts';
import { checkSigningPolicies } from '../kinds/signing-policy/check.ts';
import { checkWorkloads } from '../kinds/workload/check.ts';
import type { Outline } from '../parse-document.ts';
import type { Finding, PolicyDocument } from '../types.ts';
import { checkDuplicates } from './duplicates.ts';
import { createPolicySet, type PolicySet } from './policy-set.ts';
import { checkSameLevelConflicts } from './same-level-conflicts.ts';
import { checkTargets } from './targets.ts';

export interface CheckOptions {
  /** Unix milliseconds, to warn of keys that expire. Absent: no such warning. */
  readonly nowMs?: number;
  /** Documents with errors: what refers to them is not a finding too. Default none. */
  readonly unusable?: readonly Outline[];
}

const checks: readonly ((set: PolicySet) => readonly Finding[])[] = [
  checkTargets,
  checkSameLevelConflicts,
  checkServices,
  checkWorkloads,
  checkRoutes,
  checkKeySets,
  checkSigningPolicies,
  checkRetries,
  checkFailoverPolicies,
  checkMeshDefaults,
];

/** Checks what no document can know alone: references, conflicts, and whether retries could pay twice. */
export function checkPolicySet(
  documents: readonly PolicyDocument[],
  { nowMs, unusable = [] }: CheckOptions = {},
): readonly Finding[] {
  const set = createPolicySet(documents, { nowMs, unusable });
  return [...checkDuplicates(documents), ...checks.flatMap((check) => check(set))].sort(compareFindings);
}
