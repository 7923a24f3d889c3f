import type { DescMessage, MessageShape, Registry } from '@bufbuild/protobuf';

import { messageCheck } from './message-plan.ts';
import type { Run, Violation } from './violation.ts';

export interface ValidateOptions {
  /** Types whose messages are also tested inside of google.protobuf.Any. Default none. */
  readonly registry?: Registry;
  /** What `lt_now`, `gt_now` and `within` take for now, in milliseconds since the epoch. Default this machine's clock. */
  readonly nowMs?: number;
}

/**
 * Tests a message by the `validate.rules` of its proto file (protoc-gen-validate) and gives every
 * violation, none for a valid message. How a type is tested is planned when its first message comes.
 */
export function validateMessage<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
  options: ValidateOptions = {},
): readonly Violation[] {
  const run: Run = {
    path: [],
    violations: [],
    registry: options.registry,
    nowMs: options.nowMs ?? Date.now(),
  };
  messageCheck(schema)?.(message, run);
  return run.violations;
}
