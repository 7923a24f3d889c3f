import type { Document, DocumentOf, PolicyDocument, Targeted } from '@paymesh/common/policy';

import { compareText, documentId, ofKind, refId } from './mesh.ts';

/** A route of a service, or with no `route` whatever reaches the service without one. */
export interface Target {
  readonly service: string;
  readonly route?: string;
}

/** The policies of one kind that hit a target, strongest first. */
export type PoliciesOf<D> = (target: Target) => readonly D[];

/** For each kind of policy, who hits what. Policies with mode Off hit nothing. */
export interface Targets {
  readonly signing: PoliciesOf<DocumentOf<'SigningPolicy'>>;
  readonly access: PoliciesOf<DocumentOf<'AccessPolicy'>>;
  readonly rateLimit: PoliciesOf<DocumentOf<'RateLimitPolicy'>>;
  readonly retry: PoliciesOf<DocumentOf<'RetryPolicy'>>;
  readonly timeout: PoliciesOf<DocumentOf<'TimeoutPolicy'>>;
  readonly circuitBreaker: PoliciesOf<DocumentOf<'CircuitBreakerPolicy'>>;
  readonly failover: PoliciesOf<DocumentOf<'FailoverPolicy'>>;
}

/** Indexes the policies by target. */
export function indexTargets(documents: readonly PolicyDocument[]): Targets {
  // Shadow counts what would have happened, which only ext-authz and the limiter can do; the other
  // kinds must not act in that mode.
  const enforced = documents.filter(({ spec }) => !('mode' in spec) || spec.mode === 'Enforce');
  return {
    signing: indexKind(ofKind(documents, 'SigningPolicy')),
    access: indexKind(ofKind(documents, 'AccessPolicy')),
    rateLimit: indexKind(ofKind(documents, 'RateLimitPolicy')),
    retry: indexKind(ofKind(enforced, 'RetryPolicy')),
    timeout: indexKind(ofKind(enforced, 'TimeoutPolicy')),
    circuitBreaker: indexKind(ofKind(enforced, 'CircuitBreakerPolicy')),
    failover: indexKind(ofKind(enforced, 'FailoverPolicy')),
  };
}

function indexKind<D extends PolicyDocument & Document<string, Targeted>>(
  documents: readonly D[],
): PoliciesOf<D> {
  const index = new Map<string, Set<D>>();
  for (const document of documents.toSorted(strongestFirst)) {
    if (document.spec.mode === 'Off') continue;
    for (const target of document.spec.targetRefs) {
      const key = `${target.kind} ${refId(target)}`;
      index.set(key, (index.get(key) ?? new Set()).add(document));
    }
  }
  return ({ service, route }) => [
    // A policy that names both the service and the route counts once, as one on the route.
    ...new Set([
      ...((route !== undefined && index.get(`Route ${route}`)) || []),
      ...(index.get(`Service ${service}`) ?? []),
    ]),
  ];
}

/** By priority; the checker refuses equals that differ, the id only keeps the answer stable. */
function strongestFirst(a: PolicyDocument & Document<string, Targeted>, b: typeof a): number {
  return b.spec.priority - a.spec.priority || compareText(documentId(a), documentId(b));
}
