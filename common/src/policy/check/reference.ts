import { finding } from '../finding/finding.ts';
import { suggest } from '../schema/index.ts';
import type { Finding, Kind, Reference, ServiceRef } from '../types.ts';
import type { PolicySet } from './policy-set.ts';

/** A finding for each name that no document of its kind has; it says where was looked. */
export function checkReferences(set: PolicySet, references: readonly Reference[]): readonly Finding[] {
  return references.flatMap((reference) => checkReference(set, reference));
}

function checkReference(set: PolicySet, { subject, path, at, kind, to }: Reference): readonly Finding[] {
  const id = `${to.namespace}/${to.name}`;
  if (set.find(kind, id) !== undefined || set.mayBeUnusable(kind, id)) return [];
  const hint = hintFor(set, kind, to);
  return [
    finding('PM3001', at, {
      subject,
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
