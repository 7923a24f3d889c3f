import { documentFinding, positionOf, printPosition } from '../../check/place.ts';
import type { PolicySet } from '../../check/policy-set.ts';
import { policyId } from '../../names/policy-id.ts';
import { didYouMean } from '../../schema/index.ts';
import type { DocumentOf, Finding, RequestMatch } from '../../types.ts';

type Route = DocumentOf<'Route'>;

/** Gateways exist; no two routes match the same requests at one place. */
export function checkRoutes(set: PolicySet): readonly Finding[] {
  const routes = set.of('Route');
  return [...checkParents(set, routes), ...checkMatches(routes)];
}

function checkParents(set: PolicySet, routes: readonly Route[]): readonly Finding[] {
  if (set.mayBeUnusable('Workload')) return [];
  const gateways = new Set<string>();
  for (const { spec } of set.of('Workload')) if (spec.kind === 'gateway') gateways.add(spec.gateway);
  return routes.flatMap((route) => {
    const { parent } = route.spec;
    if (parent === undefined || gateways.has(parent)) return [];
    const hint = didYouMean(parent, gateways);
    return documentFinding(route, 'PM3005', {
      path: 'spec.parent',
      expected: 'the name of a gateway; looked for a Workload with gateway of that name in all namespaces',
      got: `"${parent}", which is not there`,
      ...(hint === undefined ? {} : { hint }),
    });
  });
}

function checkMatches(routes: readonly Route[]): readonly Finding[] {
  const first = new Map<string, { readonly route: Route; readonly path: string }>();
  const findings: Finding[] = [];
  for (const route of routes) {
    for (const [index, match] of route.spec.match.entries()) {
      const path = `spec.match[${index}]`;
      const slots = slotsOf(route, match);
      const other = slots.map((slot) => first.get(slot)).find((found) => found !== undefined);
      if (other !== undefined) findings.push(doubled(route, path, other));
      for (const slot of slots) if (!first.has(slot)) first.set(slot, { route, path });
    }
  }
  return findings;
}

/** Where the match must be the only one of its kind: at its service, and at its gateway. */
function slotsOf({ spec: { service, parent } }: Route, match: RequestMatch): readonly string[] {
  // `{id}` and `{key}` match the same.
  const value = match.path.value.replaceAll(/\{[^}]*\}/g, '{}');
  const requests = `${match.method ?? 'any'} ${match.path.kind} ${value}`;
  const atService = `service ${service.namespace}/${service.name} ${requests}`;
  return parent === undefined ? [atService] : [`gateway ${parent} ${requests}`, atService];
}

function doubled(
  route: Route,
  path: string,
  other: { readonly route: Route; readonly path: string },
): Finding {
  const place = printPosition(positionOf(other.route, other.path));
  return documentFinding(route, 'PM3004', {
    path,
    expected: 'a match that no other of the same service or gateway has',
    got: `the same as ${other.path} of Route ${policyId(other.route)} at ${place}`,
  });
}
