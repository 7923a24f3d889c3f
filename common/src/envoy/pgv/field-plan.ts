import { type DescField, getOption, hasOption, isFieldSet, type Message } from '@bufbuild/protobuf';
import { FeatureSet_FieldPresence } from '@bufbuild/protobuf/wkt';

import { rules as rulesOption } from '../gen/validate/validate_pb.ts';
import { listCheck, mapCheck } from './collection-plan.ts';
import { type NestedCheck, type ValuePlan, valuePlan } from './value-plan.ts';
import { type Check, checkAt, fail } from './violation.ts';

/** The check of one field of a message; undefined where nothing is asked of it. */
export function fieldCheck(field: DescField, nested: NestedCheck): Check<Message> | undefined {
  const { requiredBy, check } = fieldPlan(field, nested);
  if (requiredBy === undefined && check === undefined) return undefined;
  const read = reader(field);
  return (message, run) => {
    const value = read(message);
    if (value !== undefined && check !== undefined) checkAt(field.name, check, value, run);
    if (value === undefined && requiredBy !== undefined) {
      checkAt(field.name, () => fail(run, requiredBy, 'must be set'), value, run);
    }
  };
}

function fieldPlan(field: DescField, nested: NestedCheck): ValuePlan {
  const rules = hasOption(field, rulesOption) ? getOption(field, rulesOption) : undefined;
  if (field.fieldKind === 'list') {
    return { requiredBy: undefined, check: listCheck(field, rules, nested) as Check | undefined };
  }
  if (field.fieldKind === 'map') {
    return { requiredBy: undefined, check: mapCheck(field, rules, nested) as Check | undefined };
  }
  const isInOneof = field.oneof !== undefined;
  const plan = valuePlan(field, rules, { nested, isBoxed: isInOneof });
  // A member that was not chosen is not missing.
  return isInOneof ? { requiredBy: undefined, check: plan.check } : plan;
}

/** Reads what a field holds; undefined where it is not set and its absence shows. */
function reader(field: DescField): (message: Message) => unknown {
  const name = field.localName;
  const { oneof } = field;
  if (oneof !== undefined) {
    return (message) => {
      const chosen = propertyOf(message, oneof.localName) as {
        readonly case?: string;
        readonly value?: unknown;
      };
      return chosen.case === name ? chosen.value : undefined;
    };
  }
  if (field.fieldKind === 'message' || field.presence === FeatureSet_FieldPresence.IMPLICIT) {
    return (message) => propertyOf(message, name);
  }
  return (message) => (isFieldSet(message, field) ? propertyOf(message, name) : undefined);
}

function propertyOf(message: Message, name: string): unknown {
  return (message as unknown as Readonly<Record<string, unknown>>)[name];
}
