import { comparePositions } from '../finding/compare-findings.ts';
import { specSchemas } from '../kinds/schemas.ts';
import { policyId } from '../names/policy-id.ts';
import type { Outline } from '../parse-document.ts';
import type { DocumentOf, Kind, PolicyDocument, Targeted } from '../types.ts';

type Route = DocumentOf<'Route'>;

/** The kinds that are put on Services and Routes. */
export type TargetedKind = { [K in Kind]: DocumentOf<K>['spec'] extends Targeted ? K : never }[Kind];

/** The documents of a set, found by kind and by name. */
export interface PolicySet {
  /** All of a kind in the order in which they were typed. Of doubles only the first is here. */
  readonly of: <K extends Kind>(kind: K) => readonly DocumentOf<K>[];
  readonly find: <K extends Kind>(kind: K, id: string) => DocumentOf<K> | undefined;
  /** True when a document with errors may be this one, or, without an id, any of the kind. */
  readonly mayBeUnusable: (kind: Kind, id?: string) => boolean;
  /** Routes that a policy's targets name, directly or by their service. */
  readonly routesOf: (document: DocumentOf<TargetedKind>) => readonly Route[];
  readonly nowMs: number | undefined;
}

export interface PolicySetOptions {
  readonly nowMs?: number | undefined;
  readonly unusable: readonly Outline[];
}

/** Indexes documents; of those with the same kind, namespace and name the first one typed is taken. */
export function createPolicySet(
  documents: readonly PolicyDocument[],
  { nowMs, unusable }: PolicySetOptions,
): PolicySet {
  const byKind = new Map<Kind, Map<string, PolicyDocument>>();
  for (const document of documents.toSorted((a, b) => comparePositions(a.at, b.at))) {
    const sameKind = byKind.get(document.kind) ?? new Map<string, PolicyDocument>();
    byKind.set(document.kind, sameKind);
    const id = policyId(document);
    if (!sameKind.has(id)) sameKind.set(id, document);
  }
  const of = <K extends Kind>(kind: K): readonly DocumentOf<K>[] =>
    [...(byKind.get(kind)?.values() ?? [])] as DocumentOf<K>[];
  const find = <K extends Kind>(kind: K, id: string): DocumentOf<K> | undefined =>
    byKind.get(kind)?.get(id) as DocumentOf<K> | undefined;
  const routesByService = groupByService(of('Route'));
  return {
    of,
    find,
    mayBeUnusable: (kind, id) => unusable.some((outline) => mayBe(outline, kind, id)),
    routesOf: ({ spec }) => {
      const routes = spec.targetRefs.flatMap((target) => {
        const id = `${target.namespace}/${target.name}`;
        if (target.kind === 'Service') return routesByService.get(id) ?? [];
        return find('Route', id) ?? [];
      });
      return [...new Set(routes)];
    },
    nowMs,
  };
}

function groupByService(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const groups = new Map<string, Route[]>();
  for (const route of routes) {
    const { namespace, name } = route.spec.service;
    const id = `${namespace}/${name}`;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, [route]);
    else group.push(route);
  }
  return groups;
}

/** A misspelt kind may have been meant as any, and a name that cannot be read too. */
function mayBe(outline: Outline, kind: Kind, id: string | undefined): boolean {
  if (outline.kind !== undefined && outline.kind !== kind && Object.hasOwn(specSchemas, outline.kind))
    return false;
  return id === undefined || outline.name === undefined || `${outline.namespace}/${outline.name}` === id;
}
