import type { DescEnum, DescMessage } from '@bufbuild/protobuf';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';

import {
  BoolRulesSchema,
  DoubleRulesSchema,
  type FieldRules,
  Fixed32RulesSchema,
  Fixed64RulesSchema,
  FloatRulesSchema,
  Int32RulesSchema,
  Int64RulesSchema,
  SFixed32RulesSchema,
  SFixed64RulesSchema,
  SInt32RulesSchema,
  SInt64RulesSchema,
  UInt32RulesSchema,
  UInt64RulesSchema,
} from '../gen/validate/validate_pb.ts';
import { anyTypeCheck } from './any-rules.ts';
import { bytesCheck } from './bytes-rules.ts';
import { enumCheck } from './enum-rules.ts';
import { numberCheck } from './number-rules.ts';
import { stringCheck } from './string-rules.ts';
import { durationCheck, timestampCheck } from './time-rules.ts';
import { type Check, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

/** What one value is: a field, or an element of one. */
export interface ValueType {
  readonly enum: DescEnum | undefined;
  readonly message: DescMessage | undefined;
}

/** How one value is tested. */
export interface ValuePlan {
  /** The rule that asks for the value to be set, if one does. */
  readonly requiredBy: string | undefined;
  /** Tests a value that is set; undefined where nothing is asked of it. */
  readonly check: Check | undefined;
}

/** Gives the check of a nested message, or undefined where nothing in it has rules. */
export type NestedCheck = (type: DescMessage) => Check | undefined;

/**
 * Plans the test of one value.
 * `isBoxed` tells that a google.protobuf.*Value comes as a message, as it does in lists,
 * maps and oneofs; elsewhere protobuf-es gives the bare value.
 */
export function valuePlan(
  type: ValueType,
  rules: FieldRules | undefined,
  options: { readonly nested: NestedCheck; readonly isBoxed: boolean },
): ValuePlan {
  const ruleCheck = rules === undefined ? undefined : checkOf(rules, type);
  const isWrapped = options.isBoxed && type.message !== undefined && isWrapperDesc(type.message);
  return {
    requiredBy: requiredBy(rules),
    check: inSequence(
      ruleCheck !== undefined && isWrapped ? unboxed(ruleCheck) : ruleCheck,
      type.message === undefined || rules?.message?.skip === true ? undefined : options.nested(type.message),
    ),
  };
}

/** One check that runs both, or the one there is. */
function inSequence(first: Check | undefined, second: Check | undefined): Check | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return (value, run) => {
    first(value, run);
    second(value, run);
  };
}

function unboxed(check: Check): Check {
  return (box, run) => check((box as { readonly value: unknown }).value, run);
}

function requiredBy(rules: FieldRules | undefined): string | undefined {
  if (rules?.message?.required === true) return 'message.required';
  const type = rules?.type;
  if (type?.case === 'any' || type?.case === 'duration' || type?.case === 'timestamp') {
    return type.value.required ? `${type.case}.required` : undefined;
  }
  return undefined;
}

/**
 * The check of the rules of one type. The compiler of proto files makes sure that rules and
 * field agree, so the types of the values are taken from the rules.
 */
function checkOf({ type }: FieldRules, { enum: enumType }: ValueType): Check | undefined {
  switch (type.case) {
    case 'float':
      return numberCheck('float', writtenRules(FloatRulesSchema, type.value)) as Check;
    case 'double':
      return numberCheck('double', writtenRules(DoubleRulesSchema, type.value)) as Check;
    case 'int32':
      return numberCheck('int32', writtenRules(Int32RulesSchema, type.value)) as Check;
    case 'int64':
      return numberCheck('int64', writtenRules(Int64RulesSchema, type.value)) as Check;
    case 'uint32':
      return numberCheck('uint32', writtenRules(UInt32RulesSchema, type.value)) as Check;
    case 'uint64':
      return numberCheck('uint64', writtenRules(UInt64RulesSchema, type.value)) as Check;
    case 'sint32':
      return numberCheck('sint32', writtenRules(SInt32RulesSchema, type.value)) as Check;
    case 'sint64':
      return numberCheck('sint64', writtenRules(SInt64RulesSchema, type.value)) as Check;
    case 'fixed32':
      return numberCheck('fixed32', writtenRules(Fixed32RulesSchema, type.value)) as Check;
    case 'fixed64':
      return numberCheck('fixed64', writtenRules(Fixed64RulesSchema, type.value)) as Check;
    case 'sfixed32':
      return numberCheck('sfixed32', writtenRules(SFixed32RulesSchema, type.value)) as Check;
    case 'sfixed64':
      return numberCheck('sfixed64', writtenRules(SFixed64RulesSchema, type.value)) as Check;
    case 'bool':
      return boolCheck(writtenRules(BoolRulesSchema, type.value).const);
    case 'string':
      return stringCheck(type.value) as Check;
    case 'bytes':
      return bytesCheck(type.value) as Check;
    case 'enum':
      return enumType === undefined ? undefined : (enumCheck(enumType, type.value) as Check);
    case 'any':
      return anyTypeCheck(type.value) as Check;
    case 'duration':
      return durationCheck(type.value) as Check;
    case 'timestamp':
      return timestampCheck(type.value) as Check;
    case 'repeated':
    case 'map':
    case undefined:
      return undefined;
  }
}

function boolCheck(constant: boolean | undefined): Check | undefined {
  if (constant === undefined) return undefined;
  return (value, run) => {
    if (value !== constant) fail(run, 'bool.const', `must be ${constant}`);
  };
}
