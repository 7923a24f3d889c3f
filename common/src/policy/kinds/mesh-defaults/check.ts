import { documentFinding, printPosition } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import type { Finding } from '../../types.ts';

/** A set with workloads has exactly one MeshDefaults. */
export function checkMeshDefaults(set: PolicySet): readonly Finding[] {
  const [first, ...others] = set.of('MeshDefaults');
  if (first !== undefined) {
    return others.map((other) =>
      documentFinding(other, 'PM3008', {
        path: 'metadata.name',
        expected: 'one MeshDefaults in all files',
        got: `a second; the first stands at ${printPosition(first.at)}`,
      }),
    );
  }
  const [workload] = set.of('Workload');
  if (workload === undefined || set.mayBeUnusable('MeshDefaults')) return [];
  return [
    documentFinding(workload, 'PM3008', {
      path: '',
      expected: 'one MeshDefaults in all files: it says where this proxy finds the control plane',
      got: 'none',
    }),
  ];
}
