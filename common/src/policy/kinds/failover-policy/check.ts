import { documentFinding } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { policyId } from '../../names/policy-id.ts';
import type { DocumentOf, Finding, ServiceRef } from '../../types.ts';

/** The first service of the order is the one that the route itself names. */
export function checkFailoverPolicies(set: PolicySet): readonly Finding[] {
  return set.of('FailoverPolicy').flatMap((policy) => checkFirst(set, policy));
}

function checkFirst(set: PolicySet, policy: DocumentOf<'FailoverPolicy'>): readonly Finding[] {
  const [first] = policy.spec.order;
  const route = set.routesOf(policy).find(({ spec }) => first === undefined || !isSame(spec.service, first));
  if (first === undefined || route === undefined) return [];
  const { namespace, name } = route.spec.service;
  return [
    documentFinding(policy, 'PM4005', {
      path: 'spec.order[0].service',
      expected: `${namespace}/${name} first, the service of route ${policyId(route)}`,
      got: `${first.namespace}/${first.name}`,
    }),
  ];
}

function isSame(a: ServiceRef, b: ServiceRef): boolean {
  return a.namespace === b.namespace && a.name === b.name;
}
