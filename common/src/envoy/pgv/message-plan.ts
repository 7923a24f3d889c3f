import {
  type DescMessage,
  type DescOneof,
  fromBinary,
  getOption,
  hasOption,
  type Message,
} from '@bufbuild/protobuf';
import { type Any, AnySchema } from '@bufbuild/protobuf/wkt';

import {
  disabled as disabledOption,
  ignored as ignoredOption,
  required as requiredOption,
  rules as rulesOption,
} from '../gen/validate/validate_pb.ts';
import { fieldCheck } from './field-plan.ts';
import { type Check, checkAt, fail } from './violation.ts';

/** Deepest path that is followed, in segments: far above any real resource, far below the stack. */
const MAX_PATH_SEGMENTS = 300;

const plans = new WeakMap<DescMessage, Check>();
const liveness = new WeakMap<DescMessage, boolean>();

/**
 * The check of a message type, planned once; undefined where neither it nor anything it can
 * hold has a rule, so that no time is spent in there.
 */
export function messageCheck(type: DescMessage): Check | undefined {
  if (!isLive(type)) return undefined;
  const known = plans.get(type);
  if (known !== undefined) return known;
  const check = type.typeName === AnySchema.typeName ? (anyContentCheck as Check) : lazyCheck(type);
  plans.set(type, check);
  return check;
}

/** Plans the members when the first message comes, since types may hold themselves. */
function lazyCheck(type: DescMessage): Check {
  let members: readonly Check<Message>[] | undefined;
  return (message, run) => {
    if (run.path.length > MAX_PATH_SEGMENTS) {
      fail(run, 'depth', `must not be nested deeper than ${MAX_PATH_SEGMENTS} steps`);
      return;
    }
    members ??= memberChecks(type);
    for (const check of members) check(message as Message, run);
  };
}

function memberChecks(type: DescMessage): readonly Check<Message>[] {
  return [
    ...type.fields.map((field) => fieldCheck(field, messageCheck)),
    ...type.oneofs.filter(isRequired).map(requiredOneofCheck),
  ].filter((check) => check !== undefined);
}

function requiredOneofCheck(oneof: DescOneof): Check<Message> {
  const members = oneof.fields.map(({ name }) => name).join(', ');
  return (message, run) => {
    const chosen = (message as unknown as Record<string, { readonly case?: string } | undefined>)[
      oneof.localName
    ];
    if (chosen?.case !== undefined) return;
    checkAt(oneof.name, () => fail(run, 'oneof.required', `must be one of ${members}`), undefined, run);
  };
}

/** Looks inside an Any of a type the registry knows; others pass, as they do in Envoy until it opens them. */
function anyContentCheck(any: Any, run: Parameters<Check>[1]): void {
  const type = run.registry?.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1));
  const check = type === undefined ? undefined : messageCheck(type);
  if (type === undefined || check === undefined) return;
  const content = readContent(type, any.value);
  if (content === undefined) fail(run, 'any.value', `must hold a readable ${type.typeName}`);
  else check(content, run);
}

function readContent(type: DescMessage, bytes: Uint8Array): Message | undefined {
  try {
    return fromBinary(type, bytes);
  } catch {
    return undefined; // Reported by the caller: the parser's own words may hold what it read.
  }
}

/** Whether a rule, or an Any that may hold one, can be reached from a type. */
function isLive(type: DescMessage): boolean {
  const known = liveness.get(type);
  if (known !== undefined) return known;
  const seen = new Set([type]);
  let isFound = false;
  for (const reached of seen) {
    if (isSilenced(reached)) continue;
    isFound ||= hasRules(reached);
    for (const { message } of reached.fields) if (message !== undefined) seen.add(message);
  }
  liveness.set(type, isFound);
  return isFound;
}

function isSilenced(type: DescMessage): boolean {
  return [disabledOption, ignoredOption].some((option) => hasOption(type, option) && getOption(type, option));
}

function hasRules(type: DescMessage): boolean {
  return (
    type.typeName === AnySchema.typeName ||
    type.fields.some((field) => hasOption(field, rulesOption)) ||
    type.oneofs.some(isRequired)
  );
}

function isRequired(oneof: DescOneof): boolean {
  return hasOption(oneof, requiredOption) && getOption(oneof, requiredOption);
}
