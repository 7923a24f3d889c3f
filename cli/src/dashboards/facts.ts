import { type PolicyDocument, policyId } from '@paymesh/common/policy';

/** The names in a set of policies that get panels of their own; each as metrics write it, sorted. */
export interface MeshFacts {
  /** `namespace/name` of every Service. */
  readonly services: readonly string[];
  readonly gateways: readonly string[];
  readonly routes: readonly RouteFacts[];
  readonly failovers: readonly FailoverFacts[];
  /** `namespace/policy/limit` of every limit that the rate limiter decides on; of those that proxies keep it hears sums. */
  readonly limits: readonly string[];
  /** `namespace/name` of every SigningPolicy. */
  readonly signing: readonly string[];
  /** `namespace/name` of every AccessPolicy. */
  readonly access: readonly string[];
}

export interface RouteFacts {
  readonly id: string;
  /** `namespace/name` of the Service it goes to. */
  readonly service: string;
  /** Whether clients outside the mesh come in on it. */
  readonly isExposed: boolean;
}

export interface FailoverFacts {
  readonly id: string;
  /** Routes it applies to. */
  readonly routes: readonly string[];
  /** Services in the order they are tried. */
  readonly order: readonly string[];
}

/** What the boards of a mesh are made of. */
export function factsOf(documents: readonly PolicyDocument[]): MeshFacts {
  const ofKind = <K extends PolicyDocument['kind']>(kind: K) =>
    documents.filter((document): document is Extract<PolicyDocument, { kind: K }> => document.kind === kind);
  const hasQuotas = ofKind('MeshDefaults').some(
    ({ spec: { rateLimiter } }) => rateLimiter.quotaEndpoints !== undefined,
  );
  return {
    services: sorted(ofKind('Service').map(policyId)),
    gateways: sorted(
      ofKind('Workload').flatMap(({ spec }) => (spec.kind === 'gateway' ? [spec.gateway] : [])),
    ),
    routes: ofKind('Route')
      .map((route) => ({
        id: policyId(route),
        service: nameOf(route.spec.service),
        isExposed: route.spec.parent !== undefined,
      }))
      .toSorted(byId),
    failovers: ofKind('FailoverPolicy')
      .map((policy) => ({
        id: policyId(policy),
        routes: sorted(policy.spec.targetRefs.filter(({ kind }) => kind === 'Route').map(nameOf)),
        order: policy.spec.order.map(nameOf),
      }))
      .toSorted(byId),
    limits: sorted(
      ofKind('RateLimitPolicy').flatMap((policy) =>
        policy.spec.limits
          .filter(({ enforce }) => enforce !== 'proxy' || !hasQuotas)
          .map(({ name }) => `${policyId(policy)}/${name}`),
      ),
    ),
    signing: sorted(ofKind('SigningPolicy').map(policyId)),
    access: sorted(ofKind('AccessPolicy').map(policyId)),
  };
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].toSorted();
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
