import { documentFinding } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { policyId } from '../../names/policy-id.ts';
import type { Finding } from '../../types.ts';

/** Warns of services without an instance, in sets that have instances at all. */
export function checkServices(set: PolicySet): readonly Finding[] {
  const workloads = set.of('Workload');
  if (workloads.length === 0 || set.mayBeUnusable('Workload')) return [];
  const served = new Set<string>();
  for (const { spec } of workloads) {
    if (spec.kind === 'instance') served.add(`${spec.service.namespace}/${spec.service.name}`);
  }
  return set
    .of('Service')
    .filter((service) => !served.has(policyId(service)))
    .map((service) =>
      documentFinding(service, 'PM3006', {
        path: 'metadata.name',
        expected: `at least one Workload with service ${policyId(service)}`,
        got: 'none',
      }),
    );
}
