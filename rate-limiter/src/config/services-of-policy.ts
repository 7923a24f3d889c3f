import { loadPolicies, type PolicyDocument, policyId } from '@paymesh/common/policy';

import type { ConfigFile } from './yaml-reader.ts';

/** The services that each RateLimitPolicy of the files is for, both as `namespace/name`; files of other forms name none. */
export function servicesOfPolicies(files: readonly ConfigFile[]): ReadonlyMap<string, readonly string[]> {
  const { documents } = loadPolicies(files);
  const behind = new Map(
    documents
      .filter((document) => document.kind === 'Route')
      .map((route) => [policyId(route), policyId({ metadata: route.spec.service })] as const),
  );
  return new Map(
    documents
      .filter((document) => document.kind === 'RateLimitPolicy')
      .map((policy) => [policyId(policy), servicesOf(policy, behind)] as const),
  );
}

function servicesOf(
  { spec }: Extract<PolicyDocument, { kind: 'RateLimitPolicy' }>,
  behind: ReadonlyMap<string, string>,
): readonly string[] {
  return spec.targetRefs.flatMap((target) => {
    const id = policyId({ metadata: target });
    return target.kind === 'Service' ? [id] : (behind.get(id) ?? []);
  });
}
