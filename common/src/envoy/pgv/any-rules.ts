import type { Any } from '@bufbuild/protobuf/wkt';
import { type AnyRules, AnyRulesSchema } from '../gen/validate/validate_pb.ts';
import { type Check, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

/** The check of the type that a google.protobuf.Any carries. */
export function anyTypeCheck(message: AnyRules): Check<Any> {
  const { in: allowed, notIn: refused } = writtenRules(AnyRulesSchema, message);
  return ({ typeUrl }, run) => {
    if (allowed !== undefined && !allowed.includes(typeUrl)) {
      fail(run, 'any.in', `must be of one of the types ${allowed.join(', ')}`);
    }
    if (refused?.includes(typeUrl)) fail(run, 'any.not_in', `must not be of the type ${typeUrl}`);
  };
}
