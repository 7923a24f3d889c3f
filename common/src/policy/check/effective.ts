import { policyId } from '../names/policy-id.ts';
import type { DocumentOf, PolicyDocument } from '../types.ts';
import type { PolicySet } from './policy-set.ts';

type Route = DocumentOf<'Route'>;
type Policy = DocumentOf<'RetryPolicy' | 'TimeoutPolicy'>;

/** A value in force and the document that gave it. */
export interface Sourced<T> {
  readonly value: T;
  readonly document: PolicyDocument;
  readonly path: string;
}

/** Retries and request timeout of a route, merged field by field: MeshDefaults, Service, Route. */
export interface EffectiveRetry {
  readonly route: Route;
  readonly attempts: Sourced<number>;
  readonly retryOn: Sourced<DocumentOf<'RetryPolicy'>['spec']['retryOn']>;
  readonly perTryMs: Sourced<number> | undefined;
  readonly backoff: DocumentOf<'RetryPolicy'>['spec']['backoff'];
  readonly requestMs: Sourced<number>;
}

/** What holds for each route; nothing without MeshDefaults, whose absence is a finding of its own. */
export function effectiveRetries(set: PolicySet): readonly EffectiveRetry[] {
  const [mesh] = set.of('MeshDefaults');
  if (mesh === undefined) return [];
  const retries = byRoute(set, set.of('RetryPolicy'));
  const timeouts = byRoute(set, set.of('TimeoutPolicy'));
  return set.of('Route').map((route) => effectiveRetry(route, mesh, retries(route), timeouts(route)));
}

function effectiveRetry(
  route: Route,
  mesh: DocumentOf<'MeshDefaults'>,
  retries: readonly DocumentOf<'RetryPolicy'>[],
  timeouts: readonly DocumentOf<'TimeoutPolicy'>[],
): EffectiveRetry {
  const { retry, timeout } = mesh.spec.defaults;
  const fallback = <T>(path: string, value: T): Sourced<T> => ({
    value,
    document: mesh,
    path: `spec.defaults.${path}`,
  });
  const base = pick(retries, 'spec.backoff.base', ({ spec }) => spec.backoff.baseMs)?.value;
  const max = pick(retries, 'spec.backoff.max', ({ spec }) => spec.backoff.maxMs)?.value;
  return {
    route,
    attempts:
      pick(retries, 'spec.attempts', ({ spec }) => spec.attempts) ??
      fallback('retry.attempts', retry.attempts),
    retryOn:
      pick(retries, 'spec.retryOn', ({ spec }) => spec.retryOn) ?? fallback('retry.retryOn', retry.retryOn),
    perTryMs: pick(retries, 'spec.perTry', ({ spec }) => spec.perTryMs),
    backoff: { baseMs: base ?? retry.backoff.baseMs, maxMs: max ?? retry.backoff.maxMs },
    requestMs:
      pick(timeouts, 'spec.request', ({ spec }) => spec.requestMs) ??
      fallback('timeout.request', timeout.requestMs),
  };
}

/** The value of the first policy that typed it; the policies come strongest first. */
function pick<P extends Policy, T>(
  policies: readonly P[],
  path: string,
  get: (policy: P) => T | undefined,
): Sourced<T> | undefined {
  const document = policies.find(({ positions }) => positions.has(path));
  const value = document === undefined ? undefined : get(document);
  return document === undefined || value === undefined ? undefined : { value, document, path };
}

/** The enforced policies of a route, strongest first: those on the route, then on its service; by priority. */
function byRoute<P extends Policy>(set: PolicySet, policies: readonly P[]): (route: Route) => readonly P[] {
  const hits = new Map<Route, P[]>();
  for (const policy of policies) {
    if (policy.spec.mode !== 'Enforce') continue;
    for (const route of set.routesOf(policy)) {
      const sameRoute = hits.get(route);
      if (sameRoute === undefined) hits.set(route, [policy]);
      else sameRoute.push(policy);
    }
  }
  return (route) =>
    (hits.get(route) ?? []).toSorted(
      (a, b) => depth(b, route) - depth(a, route) || b.spec.priority - a.spec.priority,
    );
}

function depth(policy: Policy, route: Route): number {
  const id = policyId(route);
  const isDirect = policy.spec.targetRefs.some(
    ({ kind, namespace, name }) => kind === 'Route' && `${namespace}/${name}` === id,
  );
  return isDirect ? 1 : 0;
}
