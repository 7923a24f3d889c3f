import { documentFinding, printPosition } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { checkReference } from '../../check/reference.ts';
import { policyId } from '../../names/policy-id.ts';
import type { DocumentOf, Finding } from '../../types.ts';

type SigningPolicy = DocumentOf<'SigningPolicy'>;

/** Key sets exist, and no route has two policies: which of them would guard it must not be a question. */
export function checkSigningPolicies(set: PolicySet): readonly Finding[] {
  const policies = set.of('SigningPolicy');
  return [
    ...policies.flatMap((policy) =>
      checkReference(set, {
        from: policy,
        path: 'spec.verify.keys.from',
        kind: 'KeySet',
        to: policy.spec.verify.keys.keySet,
      }),
    ),
    ...checkOnePerRoute(set, policies),
  ];
}

function checkOnePerRoute(set: PolicySet, policies: readonly SigningPolicy[]): readonly Finding[] {
  const first = new Map<string, SigningPolicy>();
  const findings: Finding[] = [];
  for (const policy of policies.filter(({ spec }) => spec.mode !== 'Off')) {
    const reported = new Set<SigningPolicy>();
    for (const route of set.routesOf(policy).map(policyId)) {
      const other = first.get(route);
      if (other === undefined) first.set(route, policy);
      else if (!reported.has(other)) {
        reported.add(other);
        findings.push(
          documentFinding(policy, 'PM3012', {
            path: 'spec.targetRefs',
            expected: 'routes that no other SigningPolicy has',
            got: `route ${route}, which SigningPolicy ${policyId(other)} at ${printPosition(other.at)} has`,
          }),
        );
      }
    }
  }
  return findings;
}
