import { documentFinding } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { policyId } from '../../names/policy-id.ts';
import type { DocumentOf, Finding } from '../../types.ts';

type AccessPolicy = DocumentOf<'AccessPolicy'>;

/** A policy must let somebody in, and its conditions must be able to hold: a Deny rule that never does is an open door. */
export function checkAccessPolicies(set: PolicySet): readonly Finding[] {
  const signed = signedRoutes(set);
  return set
    .of('AccessPolicy')
    .filter(({ spec }) => spec.mode !== 'Off')
    .flatMap((policy) => [
      ...checkAllow(policy),
      ...checkClaims(policy),
      ...checkPrincipals(set, policy, signed),
      ...checkPeers(policy),
    ]);
}

function checkAllow(policy: AccessPolicy): readonly Finding[] {
  if (policy.spec.rules.some(({ action }) => action === 'Allow')) return [];
  return [
    documentFinding(policy, 'PM4020', {
      path: 'spec.rules',
      expected: 'at least one Allow rule: what no Allow rule takes is denied',
      got: 'Deny rules only',
      hint: 'add {name: everybody-else, action: Allow}',
    }),
  ];
}

function checkClaims(policy: AccessPolicy): readonly Finding[] {
  const { identity, rules } = policy.spec;
  if (identity.jwt !== undefined) {
    if (identity.jwt.cnf === 'None' || identity.mtls === 'Required') return [];
    return [
      documentFinding(policy, 'PM4021', {
        path: 'spec.identity.jwt.cnf',
        expected: 'mtls: Required beside cnf: Required, for the token names a certificate',
        got: 'mtls: Optional',
      }),
    ];
  }
  return rules.flatMap(({ claims }, index) =>
    claims.length === 0
      ? []
      : [
          documentFinding(policy, 'PM4021', {
            path: `spec.rules[${index}].claims`,
            expected: 'identity.jwt in a policy with conditions on claims',
            got: 'no identity.jwt',
          }),
        ],
  );
}

function checkPrincipals(
  set: PolicySet,
  policy: AccessPolicy,
  signed: ReadonlySet<string>,
): readonly Finding[] {
  if (set.mayBeUnusable('SigningPolicy')) return [];
  const index = policy.spec.rules.findIndex(({ principals }) => principals.length > 0);
  const unsigned = set
    .routesOf(policy)
    .map(policyId)
    .filter((route) => !signed.has(route));
  if (index === -1 || unsigned.length === 0) return [];
  return [
    documentFinding(policy, 'PM4021', {
      path: `spec.rules[${index}].principals`,
      expected: 'a SigningPolicy on every route of a policy with conditions on principals: keys have owners',
      got: `none on ${unsigned.join(', ')}`,
    }),
  ];
}

function signedRoutes(set: PolicySet): ReadonlySet<string> {
  const policies = set.of('SigningPolicy').filter(({ spec }) => spec.mode === 'Enforce');
  return new Set(policies.flatMap((policy) => set.routesOf(policy)).map(policyId));
}

/** The mesh has no TLS between proxies yet, so this is every policy that asks for a certificate. */
function checkPeers(policy: AccessPolicy): readonly Finding[] {
  const { identity, rules } = policy.spec;
  const index = rules.findIndex(({ peers }) => peers.length > 0);
  if (identity.mtls !== 'Required' && index === -1) return [];
  return [
    documentFinding(policy, 'PM4023', {
      path: identity.mtls === 'Required' ? 'spec.identity.mtls' : `spec.rules[${index}].peers`,
      expected:
        'a listener of your own with TLS in front of ext-authz: those of this mesh ask for no certificate yet',
      got: 'a condition that only a client certificate can meet',
      hint: 'on the listeners of this mesh every request is denied by it',
    }),
  ];
}
