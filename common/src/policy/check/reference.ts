import { suggest } from '../schema/index.ts';
import type { Finding, Kind, PolicyDocument, ServiceRef } from '../types.ts';
import { documentFinding } from './place.ts';
import type { PolicySet } from './policy-set.ts';

export interface Reference {
  readonly from: PolicyDocument;
  /** Path of the value that names the other document. */
  readonly path: string;
  readonly kind: Kind;
  readonly to: ServiceRef;
}

/** A finding when no document of the kind has that name; it says where was looked. */
export function checkReference(set: PolicySet, { from, path, kind, to }: Reference): readonly Finding[] {
  const id = `${to.namespace}/${to.name}`;
  if (set.find(kind, id) !== undefined || set.mayBeUnusable(kind, id)) return [];
  const hint = hintFor(set, kind, to);
  return [
    documentFinding(from, 'PM3001', {
      path,
      expected: `the name of a ${kind}; looked for it in namespace ${to.namespace}`,
      got: `"${to.name}", which is not there`,
      ...(hint === undefined ? {} : { hint }),
    }),
  ];
}

function hintFor(set: PolicySet, kind: Kind, { namespace, name }: ServiceRef): string | undefined {
  const all = set.of(kind).map(({ metadata }) => metadata);
  const here = all.filter((metadata) => metadata.namespace === namespace).map((metadata) => metadata.name);
  const guess = suggest(name, here);
  if (guess !== undefined) return `did you mean "${guess}"?`;
  const elsewhere = all.find((metadata) => metadata.name === name);
  return elsewhere === undefined ? undefined : `namespace ${elsewhere.namespace} has one of that name`;
}
