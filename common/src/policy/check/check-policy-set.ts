import { compareFindings } from '../finding/compare-findings.ts';
import { checkAccessPolicies } from '../kinds/access-policy/check.ts';
import { checkFailoverPolicies } from '../kinds/failover-policy/check.ts';
import { checkKeySets } from '../kinds/key-set/check.ts';
import { checkMeshDefaults } from '../kinds/mesh-defaults/check.ts';
import { checkRetries } from '../kinds/retry-policy/check.ts';
import { checkRoutes } from '../kinds/route/check.ts';
import { checkServices } from '../kinds/service/check.ts';
import { checkSigningPolicies } from '../kinds/signing-policy/check.ts';
import { checkWorkloads } from '../kinds/workload/check.ts';
import type { ParsedFiles } from '../parse-policy-files.ts';
import type { Finding } from '../types.ts';
import { checkDuplicates } from './duplicates.ts';
import { createPolicySet, type PolicySet } from './policy-set.ts';
import { checkReferences } from './reference.ts';
import { checkSameLevelConflicts } from './same-level-conflicts.ts';

const checks: readonly ((set: PolicySet) => readonly Finding[])[] = [
  checkSameLevelConflicts,
  checkServices,
  checkWorkloads,
  checkRoutes,
  checkKeySets,
  checkSigningPolicies,
  checkAccessPolicies,
  checkRetries,
  checkFailoverPolicies,
  checkMeshDefaults,
];

/**
 * Checks what no document can know alone: references, conflicts, and whether retries could pay twice. What refers to
 * a document with errors is not a finding too. `nowMs`: unix milliseconds, to warn of keys that expire.
 */
export function checkPolicySet(
  { documents, unusable, references }: ParsedFiles,
  nowMs?: number,
): readonly Finding[] {
  const set = createPolicySet(documents, { nowMs, unusable });
  return [
    ...checkDuplicates(documents),
    ...checkReferences(set, references),
    ...checks.flatMap((check) => check(set)),
  ].sort(compareFindings);
}
