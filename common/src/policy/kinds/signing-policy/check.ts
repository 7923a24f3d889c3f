import { documentFinding, printPosition } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { policyId } from '../../names/policy-id.ts';
import type { DocumentOf, Finding } from '../../types.ts';

type SigningPolicy = DocumentOf<'SigningPolicy'>;

/** No route has two policies: which of them would guard it must not be a question. */
export function checkSigningPolicies(set: PolicySet): readonly Finding[] {
  const policies = set.of('SigningPolicy');
  return [...checkOnePerRoute(set, policies), ...checkGateways(set, policies)];
}

/**
 * Whoever deletes the one file that guards a route makes a set that is right in itself. With
 * `overrides.signing: Required` such a set is refused, and the last good one stays.
 */
function checkGateways(set: PolicySet, policies: readonly SigningPolicy[]): readonly Finding[] {
  if (set.mayBeUnusable('SigningPolicy') || set.mayBeUnusable('MeshDefaults')) return [];
  const isRequired = set.of('MeshDefaults')[0]?.spec.overrides.signing === 'Required';
  const counted = isRequired ? policies.filter(({ spec }) => spec.mode === 'Enforce') : policies;
  const guarding = set.of('AccessPolicy').filter(({ spec }) => spec.mode === 'Enforce');
  // Whoever proves who they are by other means need not sign, unless the mesh says that all must.
  const guards = isRequired ? counted : [...counted, ...guarding];
  const signed = new Set(guards.flatMap((policy) => set.routesOf(policy)));
  return set
    .of('Route')
    .filter((route) => route.spec.parent !== undefined && !signed.has(route))
    .map((route) =>
      documentFinding(route, isRequired ? 'PM4009' : 'PM4010', {
        path: 'spec.parent',
        expected: isRequired
          ? 'a SigningPolicy in mode Enforce on every route of a gateway: MeshDefaults says overrides.signing: Required'
          : 'a SigningPolicy or AccessPolicy on every route of a gateway, one in mode Off where strangers may call unsigned',
        got: 'none on this route',
      }),
    );
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
