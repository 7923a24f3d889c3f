import type { ResourceType } from './model.ts';
import type { Reference } from './references.ts';
import type { SnapshotViolation } from './violation.ts';

/** What this check has to know of a resource. */
export interface Linked {
  readonly type: ResourceType;
  readonly name: string;
  readonly references: readonly Reference[];
}

/**
 * Whether the resources of one proxy fit together. Envoy accepts a route to a cluster that does not exist and
 * answers 503, and waits 15 s for endpoints or routes that never come; here both are errors.
 */
export function checkConsistency(resources: readonly Linked[]): Omit<SnapshotViolation, 'node'>[] {
  const known = new Set<string>();
  const repeated = new Map<string, Linked>();
  for (const resource of resources) {
    const id = idOf(resource);
    if (known.has(id)) repeated.set(id, resource);
    known.add(id);
  }
  return [
    ...[...repeated.values()].map(duplicate),
    ...resources.flatMap(({ type, name, references }) =>
      references
        .filter((reference) => !known.has(idOf(reference)))
        .map(({ rule, message }) => ({ type, name, path: '', rule, message })),
    ),
  ];
}

function idOf({ type, name }: Pick<Linked, 'type' | 'name'>): string {
  return `${type} ${name}`;
}

function duplicate({ type, name }: Linked): Omit<SnapshotViolation, 'node'> {
  const message = `two resources of this type have the name ${name}`;
  return { type, name, path: '', rule: 'consistency.unique_name', message };
}
