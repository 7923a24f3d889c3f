import { type EffectiveRetry, effectiveRetries, type Sourced } from '../../check/effective.ts';
import { documentFinding, positionOf, printPosition } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { policyId } from '../../names/policy-id.ts';
import type { DocumentOf, Finding, PolicyDocument } from '../../types.ts';
import { safeConditions } from './schema.ts';

/** Retries never repeat a write that may have been done, end in time, and stay within the mesh's bound. */
export function checkRetries(set: PolicySet): readonly Finding[] {
  const effective = effectiveRetries(set);
  return [...checkWrites(effective), ...checkTimes(effective), ...checkBound(set)];
}

/** One finding for each condition typed, with the routes on which it is unsafe. */
function checkWrites(effective: readonly EffectiveRetry[]): readonly Finding[] {
  const unsafe = createGroups<number>();
  for (const { route, attempts, retryOn } of effective) {
    if (retryOn === undefined || attempts === 0 || !isWrite(route)) continue;
    if (route.spec.idempotency?.required === true) continue;
    for (const [index, condition] of retryOn.value.entries()) {
      if (!safeConditions.includes(condition))
        unsafe.add(retryOn.document, `${retryOn.path}[${index}]`, route, index);
    }
  }
  return unsafe.all().map(({ document, path, routes, extra: index }) => {
    const condition = conditionsOf(document)[index];
    return documentFinding(document, 'PM4001', {
      path,
      expected: `only ${safeConditions.join(', ')} for writes: there nothing was sent`,
      got: `"${condition}" for ${printRoutes(routes)}, without a required idempotency key`,
      hint: `take "${condition}" out, or declare the idempotency key that the service enforces on the route`,
    });
  });
}

function conditionsOf(document: PolicyDocument): readonly string[] {
  if (document.kind === 'RetryPolicy') return document.spec.retryOn;
  return document.kind === 'MeshDefaults' ? document.spec.defaults.retry.retryOn : [];
}

function isWrite({ spec }: DocumentOf<'Route'>): boolean {
  return spec.match.some(({ method }) => method === undefined || !/^(?:GET|HEAD|OPTIONS)$/.test(method));
}

function checkTimes(effective: readonly EffectiveRetry[]): readonly Finding[] {
  const late = createGroups<{ readonly requestMs: Sourced<number>; readonly sum: string }>();
  for (const { route, attempts, perTryMs, backoff, requestMs } of effective) {
    if (perTryMs === undefined || requestMs === undefined) continue;
    const tries = attempts + 1;
    const pausesMs = longestPausesMs(attempts, backoff);
    const totalMs = tries * perTryMs.value + pausesMs;
    const sum = `${tries} tries of ${perTryMs.value}ms and up to ${pausesMs}ms between them: ${totalMs}ms`;
    if (totalMs > requestMs.value) late.add(perTryMs.document, perTryMs.path, route, { requestMs, sum });
  }
  return late.all().map(({ document, path, routes, extra: { requestMs, sum } }) => {
    const place = printPosition(positionOf(requestMs.document, requestMs.path));
    return documentFinding(document, 'PM4002', {
      path,
      expected: `all tries to end within the request timeout of ${requestMs.value}ms (${place})`,
      got: `${sum}, for ${printRoutes(routes)}`,
    });
  });
}

/** Envoy waits a random time below (2^n - 1) * base before try n, and never longer than max. */
function longestPausesMs(attempts: number, { baseMs, maxMs }: EffectiveRetry['backoff']): number {
  let sum = 0;
  for (let n = 1; n <= attempts; n++) sum += Math.min(maxMs, (2 ** n - 1) * baseMs);
  return sum;
}

function checkBound(set: PolicySet): readonly Finding[] {
  const [mesh] = set.of('MeshDefaults');
  if (mesh === undefined) return [];
  const { attemptsMax } = mesh.spec.overrides.retry;
  const place = printPosition(positionOf(mesh, 'spec.overrides.retry.attemptsMax'));
  const tooMany = (document: PolicyDocument, path: string, attempts: number): readonly Finding[] =>
    attempts <= attemptsMax
      ? []
      : [
          documentFinding(document, 'PM4003', {
            path,
            expected: `at most ${attemptsMax} further tries, as MeshDefaults.overrides say at ${place}`,
            got: String(attempts),
          }),
        ];
  return [
    ...tooMany(mesh, 'spec.defaults.retry.attempts', mesh.spec.defaults.retry.attempts),
    ...set.of('RetryPolicy').flatMap((policy) => tooMany(policy, 'spec.attempts', policy.spec.attempts)),
  ];
}

interface Group<T> {
  readonly document: PolicyDocument;
  readonly path: string;
  readonly routes: DocumentOf<'Route'>[];
  /** Of the first route. */
  readonly extra: T;
}

/** Gathers the routes that one typed value harms: one cause, one finding. */
function createGroups<T>(): {
  readonly add: (document: PolicyDocument, path: string, route: DocumentOf<'Route'>, extra: T) => void;
  readonly all: () => readonly Group<T>[];
} {
  const groups = new Map<string, Group<T>>();
  return {
    add: (document, path, route, extra) => {
      const key = `${document.kind} ${policyId(document)} ${path}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { document, path, routes: [route], extra });
      else group.routes.push(route);
    },
    all: () => [...groups.values()],
  };
}

function printRoutes(routes: readonly DocumentOf<'Route'>[]): string {
  const [first] = routes;
  if (first === undefined) return 'no route';
  const methods = [...new Set(first.spec.match.map(({ method }) => method ?? 'any method'))].join(', ');
  const more = routes.length > 1 ? ` and ${routes.length - 1} more` : '';
  return `route ${policyId(first)} (${methods}, ${printPosition(first.at)})${more}`;
}
