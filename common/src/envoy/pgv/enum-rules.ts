import type { DescEnum } from '@bufbuild/protobuf';

import { type EnumRules, EnumRulesSchema } from '../gen/validate/validate_pb.ts';
import { type Check, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

/** The check of one value of an enum. */
export function enumCheck(type: DescEnum, message: EnumRules): Check<number> {
  const {
    const: constant,
    definedOnly,
    in: allowed,
    notIn: refused,
  } = writtenRules(EnumRulesSchema, message);
  const named = (number: number) => type.value[number]?.name ?? String(number);
  return (value, run) => {
    if (constant !== undefined && value !== constant) {
      fail(run, 'enum.const', `must be ${named(constant)}; it is ${named(value)}`);
    }
    if (definedOnly === true && type.value[value] === undefined) {
      fail(run, 'enum.defined_only', `must be a value of ${type.typeName}; it is ${value}`);
    }
    if (allowed !== undefined && !allowed.includes(value)) {
      fail(run, 'enum.in', `must be one of ${allowed.map(named).join(', ')}; it is ${named(value)}`);
    }
    if (refused?.includes(value)) fail(run, 'enum.not_in', `must not be ${named(value)}`);
  };
}
