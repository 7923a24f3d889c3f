import { policyId } from '../names/policy-id.ts';
import type { DocumentOf, Finding } from '../types.ts';
import { type TypedField, typedFields } from './fields.ts';
import { documentFinding, positionOf, printPosition } from './place.ts';
import type { PolicySet, TargetedKind } from './policy-set.ts';
import { targetedKinds } from './targets.ts';

type Policy = DocumentOf<TargetedKind>;

/**
 * Two policies of one kind, on one target, of one priority, that give one field different values: which
 * of them holds must not hang on names or ages.
 */
export function checkSameLevelConflicts(set: PolicySet): readonly Finding[] {
  const findings: Finding[] = [];
  for (const kind of targetedKinds) {
    const first = new Map<string, readonly [Policy, TypedField]>();
    const reported = new Set<string>();
    for (const policy of set.of(kind)) {
      for (const [slot, field] of slotsOf(policy)) {
        const other = first.get(slot);
        if (other === undefined) first.set(slot, [policy, field]);
        else if (isConflict(other, policy, field) && !reported.has(keyOf(other[0], policy, field))) {
          reported.add(keyOf(other[0], policy, field));
          findings.push(conflict(other, policy, field));
        }
      }
    }
  }
  return findings;
}

/** A slot holds one value: target, priority, mode and field. */
function slotsOf(policy: Policy): readonly (readonly [string, TypedField])[] {
  const { targetRefs, priority, mode } = policy.spec;
  if (mode === 'Off') return [];
  const fields = typedFields(policy);
  return targetRefs.flatMap((target) =>
    fields.map((field) => {
      const slot = [target.kind, target.namespace, target.name, priority, mode, field.name].join(' ');
      return [slot, field] as const;
    }),
  );
}

function isConflict(
  [other, theirs]: readonly [Policy, TypedField],
  policy: Policy,
  ours: TypedField,
): boolean {
  return other !== policy && JSON.stringify(theirs.value) !== JSON.stringify(ours.value);
}

/** Two policies that share several targets are told of once. */
function keyOf(a: Policy, b: Policy, field: TypedField): string {
  return `${policyId(a)} ${policyId(b)} ${field.name}`;
}

function conflict([other, theirs]: readonly [Policy, TypedField], policy: Policy, ours: TypedField): Finding {
  const place = printPosition(positionOf(other, theirs.path));
  return documentFinding(policy, 'PM3007', {
    path: ours.path,
    expected: `the value of ${other.kind} ${policyId(other)} at ${place}, which has the same target and priority`,
    got: 'another value',
    hint: 'take one of the two out, or give the one that shall win a higher priority',
  });
}
