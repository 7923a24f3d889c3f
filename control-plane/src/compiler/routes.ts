import type { DocumentOf } from '@paymesh/common/policy';

import type { RequestMatchIr, RouteIr } from '../ir/index.ts';
import { compileAccess } from './access.ts';
import { LOCAL_CLUSTER, PASSTHROUGH } from './built-in.ts';
import type { Context } from './context.ts';
import { compileChain } from './failover.ts';
import { compileGuard } from './guard.ts';
import { provenance } from './merge.ts';
import { documentId, type MeshService } from './mesh.ts';
import { placeLimits } from './quotas.ts';
import { compileRateLimits } from './rate-limits.ts';
import { compileRetry } from './retry.ts';
import { compareRoutes } from './route-order.ts';
import { mergeSettings, type Settings } from './settings.ts';
import { compileSigning } from './signing.ts';
import type { Target } from './targets.ts';

type Provenance = Readonly<Record<string, string>>;

/** A Route, or what reaches a service without one, in the three places where it can stand. */
export interface CompiledRoute {
  /** Gateway on which it is exposed. */
  readonly parent: string | undefined;
  readonly settings: Settings;
  /** On the outbound listeners of its callers; one for each match. */
  readonly outbound: readonly RouteIr[];
  /** On its gateway. */
  readonly gateway: readonly RouteIr[];
  /** On the inbound listeners of its service. */
  readonly inbound: readonly RouteIr[];
}

/** All routes of a service, the last being the passthrough of what no Route names. */
export function compileRoutes(context: Context, service: MeshService): CompiledRoute[] {
  return [...service.routes, undefined].map((route) => compileRoute(context, service, route));
}

/** The routes of one virtual host, in the order in which they are matched. */
export function arrangeRoutes(routes: readonly (readonly RouteIr[])[]): RouteIr[] {
  return routes.flat().toSorted(compareRoutes);
}

function compileRoute(
  context: Context,
  service: MeshService,
  route: DocumentOf<'Route'> | undefined,
): CompiledRoute {
  const target = { service: service.id, ...(route === undefined ? {} : { route: documentId(route) }) };
  const settings = mergeSettings(context.defaults, context.targets, target);
  const base = {
    timeoutMs: settings.requestMs.value,
    idleMs: settings.idleMs.value,
    rateLimits: [],
    provenance: { timeoutMs: settings.requestMs.from, idleMs: settings.idleMs.from },
  };
  const caller = withProvenance(base, compileCaller(context, service, route, settings));
  const local = { ...base, clusters: [LOCAL_CLUSTER] as const };
  const enforcement = compileEnforcement(context, target);
  const parent = route?.spec.parent;
  return {
    parent,
    settings,
    outbound: perMatch(route, caller),
    gateway: parent === undefined ? [] : perMatch(route, withProvenance(caller, enforcement)),
    // A route with a gateway is checked there; inside the mesh its callers are services of the mesh.
    inbound: perMatch(route, parent === undefined ? withProvenance(local, enforcement) : local),
  };
}

type Unmatched = Omit<RouteIr, 'name' | 'match'>;

function perMatch(route: DocumentOf<'Route'> | undefined, rest: Unmatched): RouteIr[] {
  if (route === undefined) return [nameRoute(PASSTHROUGH, { path: { kind: 'prefix', value: '/' } }, rest)];
  const id = documentId(route);
  return route.spec.match.map((match, index) => nameRoute(`${id}#${index}`, match, rest));
}

/** Spelled out, so that the fields stand in one order whatever they were merged from. */
function nameRoute(name: string, match: RequestMatchIr, rest: Unmatched): RouteIr {
  const {
    clusters,
    timeoutMs,
    idleMs,
    retry,
    signing,
    access,
    rateLimits,
    quotas,
    guard,
    provenance: origins,
  } = rest;
  return {
    name,
    match,
    clusters,
    timeoutMs,
    idleMs,
    ...(retry === undefined ? {} : { retry }),
    ...(signing === undefined ? {} : { signing }),
    ...(access === undefined ? {} : { access }),
    rateLimits,
    ...(quotas === undefined ? {} : { quotas }),
    ...(guard === undefined ? {} : { guard }),
    provenance: origins,
  };
}

function compileCaller(
  context: Context,
  service: MeshService,
  route: DocumentOf<'Route'> | undefined,
  settings: Settings,
): Pick<RouteIr, 'clusters' | 'retry' | 'provenance'> {
  const chain = compileChain(context, service, route);
  const { retry, provenance: ofRetry } = compileRetry(context, { route, settings, chain });
  return {
    clusters: chain.clusters,
    ...(retry === undefined ? {} : { retry }),
    provenance: {
      ...(chain.policy === undefined
        ? {}
        : { clusters: provenance(chain.policy.positions.get('spec.order') ?? chain.policy.at) }),
      ...ofRetry,
    },
  };
}

function compileEnforcement(
  context: Context,
  target: Target,
): Pick<RouteIr, 'signing' | 'access' | 'rateLimits' | 'quotas' | 'guard' | 'provenance'> {
  const { targets } = context;
  const signing = compileSigning(targets.signing(target));
  const isSigned = signing?.signing.isShadow === false;
  const access = compileAccess(context, targets.access(target), isSigned);
  const limited = targets.rateLimit(target);
  const { service, proxy } = placeLimits(context, compileRateLimits(limited));
  const guard = compileGuard(limited);
  return {
    ...(signing === undefined ? {} : { signing: signing.signing }),
    ...(access === undefined ? {} : { access: access.access }),
    rateLimits: service.map(({ limit }) => limit),
    ...(proxy.length === 0 ? {} : { quotas: proxy.map(({ quota }) => quota) }),
    ...(guard === undefined ? {} : { guard: guard.guard }),
    provenance: {
      ...(signing === undefined ? {} : { signing: signing.from }),
      ...access?.provenance,
      ...Object.fromEntries(service.map(({ from }, index) => [`rateLimits[${index}]`, from])),
      ...Object.fromEntries(proxy.map(({ from }, index) => [`quotas[${index}]`, from])),
      ...(guard === undefined ? {} : { guard: guard.from }),
    },
  };
}

function withProvenance<A extends { provenance: Provenance }, B extends { provenance: Provenance }>(
  a: A,
  b: B,
): A & B {
  return { ...a, ...b, provenance: { ...a.provenance, ...b.provenance } };
}
