import { defaultAttempts, defaultBackoff } from '../kinds/retry-policy/schema.ts';
import { policyId } from '../names/policy-id.ts';
import type { DocumentOf, PolicyDocument } from '../types.ts';
import type { PolicySet } from './policy-set.ts';

type Route = DocumentOf<'Route'>;
type MeshDefaults = DocumentOf<'MeshDefaults'>;
type RetrySpec = DocumentOf<'RetryPolicy'>['spec'];
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
  readonly attempts: number;
  /** Undefined where the built-in conditions hold, which are safe. */
  readonly retryOn: Sourced<RetrySpec['retryOn']> | undefined;
  readonly perTryMs: Sourced<number> | undefined;
  readonly backoff: RetrySpec['backoff'];
  /** Undefined where no document gives one. */
  readonly requestMs: Sourced<number> | undefined;
}

/** What holds for each route. */
export function effectiveRetries(set: PolicySet): readonly EffectiveRetry[] {
  const [mesh] = set.of('MeshDefaults');
  const retries = byRoute(set, set.of('RetryPolicy'));
  const timeouts = byRoute(set, set.of('TimeoutPolicy'));
  return set.of('Route').map((route) => ({
    route,
    ...effectiveRetry(mesh, retries(route)),
    requestMs:
      pick(timeouts(route), 'spec.request', ({ spec }) => spec.requestMs) ??
      meshValue(mesh, 'timeout.request', ({ timeout }) => timeout.requestMs),
  }));
}

function effectiveRetry(
  mesh: MeshDefaults | undefined,
  policies: readonly DocumentOf<'RetryPolicy'>[],
): Omit<EffectiveRetry, 'route' | 'requestMs'> {
  const inMesh = mesh?.spec.defaults.retry;
  const attempts = pick(policies, 'spec.attempts', ({ spec }) => spec.attempts)?.value;
  const fallback = inMesh?.backoff ?? defaultBackoff;
  const base =
    pick(policies, 'spec.backoff.base', ({ spec }) => spec.backoff.baseMs)?.value ?? fallback.baseMs;
  const max = pick(policies, 'spec.backoff.max', ({ spec }) => spec.backoff.maxMs)?.value ?? fallback.maxMs;
  return {
    attempts: attempts ?? inMesh?.attempts ?? defaultAttempts,
    retryOn:
      pick(policies, 'spec.retryOn', ({ spec }) => spec.retryOn) ??
      meshValue(mesh, 'retry.retryOn', ({ retry }) => retry.retryOn),
    perTryMs: pick(policies, 'spec.perTry', ({ spec }) => spec.perTryMs),
    backoff: { baseMs: base, maxMs: Math.max(base, max) },
  };
}

function meshValue<T>(
  mesh: MeshDefaults | undefined,
  path: string,
  get: (defaults: MeshDefaults['spec']['defaults']) => T,
): Sourced<T> | undefined {
  if (mesh === undefined) return undefined;
  return { value: get(mesh.spec.defaults), document: mesh, path: `spec.defaults.${path}` };
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
