import type { Mode, Targeted, TargetRef } from '../types.ts';
import { list } from './collections.ts';
import { name } from './names.ts';
import { childPath, type FieldsOf, object, optional, required, withDefault } from './object.ts';
import { markReference, type Reader } from './reader.ts';
import { integer, oneOf } from './scalars.ts';

const modes: readonly Mode[] = ['Enforce', 'Shadow', 'Off'];

/** The fields that every policy kind has; `kinds` says what the policy can be put on. */
export function targetedFields(kinds: readonly TargetRef['kind'][]): FieldsOf<Targeted> {
  return {
    targetRefs: required(
      'targetRefs',
      list(targetRef(kinds), {
        max: 256,
        what: 'targets',
        identity: ({ kind, namespace, name: target }) => `${kind} ${namespace}/${target}`,
      }),
    ),
    mode: withDefault('mode', oneOf(modes), 'Enforce'),
    priority: withDefault('priority', integer({ min: -1_000, max: 1_000 }), 0),
  };
}

interface TypedTarget {
  readonly kind: TargetRef['kind'];
  readonly name: string;
  readonly namespace?: string;
}

function targetRef(kinds: readonly TargetRef['kind'][]): Reader<TargetRef> {
  const typed = object<TypedTarget>({
    kind: required('kind', oneOf(kinds)),
    name: required('name', name),
    namespace: optional('namespace', name),
  });
  return {
    expected: typed.expected,
    read: (place, context) => {
      const target = typed.read(place, context);
      if (target === undefined) return undefined;
      const { kind, name: named, namespace = context.namespace } = target;
      const at = place.node.kind === 'map' ? place.node.entries.get('name')?.value : undefined;
      const namePlace = { node: at ?? place.node, path: childPath(place.path, 'name') };
      markReference(namePlace, { kind, to: { namespace, name: named } }, context);
      return { namespace, kind, name: named };
    },
  };
}
