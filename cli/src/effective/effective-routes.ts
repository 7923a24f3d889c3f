import { type DocumentOf, type PolicyDocument, policyId } from '@paymesh/common/policy';
import type { MeshIr, RouteIr } from '@paymesh/control-plane';

import { accessRows } from './access-rows.ts';
import type { EffectiveRoute, EffectiveRow } from './row.ts';

/** What holds for every Route of a mesh, sorted by name. */
export function effectiveRoutes(documents: readonly PolicyDocument[], ir: MeshIr): EffectiveRoute[] {
  const sorted = documents.toSorted((a, b) => (policyId(a) < policyId(b) ? -1 : 1));
  const policies = sorted.filter((document) => document.kind === 'AccessPolicy');
  return sorted
    .filter((document) => document.kind === 'Route')
    .map((route) => effectiveRoute(route, ir, policies));
}

function effectiveRoute(
  route: DocumentOf<'Route'>,
  ir: MeshIr,
  policies: readonly DocumentOf<'AccessPolicy'>[],
): EffectiveRoute {
  const { parent, service, match } = route.spec;
  // The same on every proxy of a direction, and for every match of a route.
  const name = `${policyId(route)}#0`;
  const caller = find(ir, parent === undefined ? 'outbound' : 'gateway', name);
  const guard = find(ir, parent === undefined ? 'inbound' : 'gateway', name);
  return {
    route: policyId(route),
    match: match.map(
      ({ method, path }) => `${method ?? 'any method'} ${path.value}${path.kind === 'prefix' ? '*' : ''}`,
    ),
    enforcedAt:
      parent === undefined ? `inbound of ${service.namespace}/${service.name}` : `gateway ${parent}`,
    rows: [
      ...(guard === undefined
        ? []
        : [...signingRows(guard), ...accessRows(guard, policies), ...limitRows(guard)]),
      ...(caller === undefined
        ? []
        : [...timeoutRows(caller), ...retryRows(caller), ...failoverRows(caller)]),
    ],
  };
}

function find(ir: MeshIr, direction: 'gateway' | 'inbound' | 'outbound', name: string): RouteIr | undefined {
  return Object.values(ir.proxies)
    .flatMap(({ listeners }) => listeners.filter((listener) => listener.direction === direction))
    .flatMap(({ virtualHosts }) => virtualHosts.flatMap((host) => host.routes))
    .find((route) => route.name === name);
}

function row(route: RouteIr, leaf: string, setting: string, value: string, enforcedBy: string): EffectiveRow {
  return { setting, value, enforcedBy: [enforcedBy], from: route.provenance[leaf] ?? 'built-in' };
}

function signingRows(route: RouteIr): EffectiveRow[] {
  const { signing } = route;
  if (signing === undefined) return [];
  const value = signing.isShadow ? `${signing.policy}, in shadow` : signing.policy;
  return [
    row(route, 'signing', 'signing', value, 'ext-authz'),
    row(route, 'signing', 'signing: body', `${signing.maxBodyBytes} bytes`, 'envoy: ext_authz'),
  ];
}

function limitRows(route: RouteIr): EffectiveRow[] {
  const { rateLimits, quotas = [], guard } = route;
  const byService = rateLimits.map(({ policy, limit, onUnavailable }, index) =>
    row(
      route,
      `rateLimits[${index}]`,
      `limit ${policy}: ${limit}`,
      `${onUnavailable} without an answer`,
      'rate-limiter',
    ),
  );
  const byProxy = quotas.map(({ policy, limit, onUnavailable }, index) =>
    row(
      route,
      `quotas[${index}]`,
      `limit ${policy}: ${limit}`,
      onUnavailable === 'last' ? 'last part without an answer' : `${onUnavailable} without a part`,
      'envoy: rate_limit_quota',
    ),
  );
  if (guard === undefined) return [...byService, ...byProxy];
  const value = `${guard.requests} in ${guard.perSeconds}s, burst ${guard.burst}${guard.isShadow ? ', in shadow' : ''}`;
  return [
    ...byService,
    ...byProxy,
    row(route, 'guard', `guard ${guard.policy}`, value, 'envoy: local_ratelimit'),
  ];
}

function timeoutRows(route: RouteIr): EffectiveRow[] {
  return [
    row(route, 'timeoutMs', 'timeout.request', `${route.timeoutMs}ms`, 'envoy: router'),
    row(route, 'idleMs', 'timeout.idle', `${route.idleMs}ms`, 'envoy: router'),
  ];
}

function retryRows(route: RouteIr): EffectiveRow[] {
  const { retry } = route;
  if (retry === undefined) return [];
  const { attempts, on, perTryMs, backoffBaseMs, backoffMaxMs } = retry;
  const values: readonly (readonly [leaf: string, value: string])[] = [
    ['attempts', String(attempts)],
    ['on', on.join(', ')],
    ...(perTryMs === undefined ? [] : [['perTryMs', `${perTryMs}ms`] as const]),
    ['backoffBaseMs', `${backoffBaseMs}ms`],
    ['backoffMaxMs', `${backoffMaxMs}ms`],
  ];
  return values.map(([leaf, value]) =>
    row(route, `retry.${leaf}`, `retry.${leaf.replace(/Ms$/, '')}`, value, 'envoy: router'),
  );
}

function failoverRows(route: RouteIr): EffectiveRow[] {
  if (route.clusters.length < 2) return [];
  return [row(route, 'clusters', 'failover', route.clusters.join(', then '), 'envoy: router')];
}
