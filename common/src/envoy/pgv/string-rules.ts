import { KnownRegex, type StringRules, StringRulesSchema } from '../gen/validate/validate_pb.ts';
import { re2ToRegExp } from './re2.ts';
import { isHeaderName, isHeaderText, isHeaderValue, stringFormats } from './string-formats.ts';
import { type Check, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

type Test = readonly [rule: string, expected: string, isKept: (text: string) => boolean];

/** The check of one string; its text never shows in a message. */
export function stringCheck(message: StringRules): Check<string> {
  const tests = [...lengthTests(message), ...contentTests(message), ...formatTests(message)];
  return (text, run) => {
    if (message.ignoreEmpty && text === '') return;
    for (const [rule, expected, isKept] of tests) {
      if (!isKept(text)) fail(run, `string.${rule}`, expected);
    }
  };
}

function lengthTests(message: StringRules): readonly Test[] {
  const rules = writtenRules(StringRulesSchema, message);
  const { len, minLen, maxLen, lenBytes, minBytes, maxBytes } = rules;
  const tests: Test[] = [];
  if (len !== undefined)
    tests.push(['len', `must have ${len} characters`, (text) => characters(text) === Number(len)]);
  if (minLen !== undefined) {
    tests.push([
      'min_len',
      `must have at least ${plural(minLen, 'character')}`,
      (text) => characters(text) >= minLen,
    ]);
  }
  if (maxLen !== undefined) {
    tests.push([
      'max_len',
      `must have at most ${plural(maxLen, 'character')}`,
      (text) => characters(text) <= maxLen,
    ]);
  }
  if (lenBytes !== undefined)
    tests.push(['len_bytes', `must have ${lenBytes} bytes`, (text) => bytes(text) === Number(lenBytes)]);
  if (minBytes !== undefined) {
    tests.push([
      'min_bytes',
      `must have at least ${plural(minBytes, 'byte')}`,
      (text) => bytes(text) >= minBytes,
    ]);
  }
  if (maxBytes !== undefined) {
    tests.push([
      'max_bytes',
      `must have at most ${plural(maxBytes, 'byte')}`,
      (text) => bytes(text) <= maxBytes,
    ]);
  }
  return tests;
}

function contentTests(message: StringRules): readonly Test[] {
  const rules = writtenRules(StringRulesSchema, message);
  const {
    const: constant,
    prefix,
    suffix,
    contains,
    notContains,
    pattern,
    in: allowed,
    notIn: refused,
  } = rules;
  const tests: Test[] = [];
  if (constant !== undefined) tests.push(['const', `must be "${constant}"`, (text) => text === constant]);
  if (prefix !== undefined)
    tests.push(['prefix', `must begin with "${prefix}"`, (text) => text.startsWith(prefix)]);
  if (suffix !== undefined)
    tests.push(['suffix', `must end with "${suffix}"`, (text) => text.endsWith(suffix)]);
  if (contains !== undefined)
    tests.push(['contains', `must hold "${contains}"`, (text) => text.includes(contains)]);
  if (notContains !== undefined) {
    tests.push(['not_contains', `must not hold "${notContains}"`, (text) => !text.includes(notContains)]);
  }
  if (pattern !== undefined) {
    const expression = re2ToRegExp(pattern);
    tests.push(['pattern', `must match ${pattern}`, (text) => expression.test(text)]);
  }
  if (allowed !== undefined) {
    tests.push(['in', `must be one of ${quoted(allowed)}`, (text) => allowed.includes(text)]);
  }
  if (refused !== undefined) {
    tests.push(['not_in', `must be none of ${quoted(refused)}`, (text) => !refused.includes(text)]);
  }
  return tests;
}

function formatTests({ wellKnown, strict }: StringRules): readonly Test[] {
  if (wellKnown.case === undefined) return [];
  if (wellKnown.case === 'wellKnownRegex') return headerTests(wellKnown.value, strict);
  if (!wellKnown.value) return [];
  const { rule, expected, isKept } = stringFormats[wellKnown.case];
  return [[rule, `must be ${expected}`, isKept]];
}

function headerTests(kind: KnownRegex, isStrict: boolean): readonly Test[] {
  if (kind === KnownRegex.UNKNOWN) return [];
  const rule = 'well_known_regex';
  if (!isStrict) return [[rule, 'must not hold a NUL, a line feed or a carriage return', isHeaderText]];
  if (kind === KnownRegex.HTTP_HEADER_NAME)
    return [[rule, 'must be the name of an HTTP header', isHeaderName]];
  return [[rule, 'must be fit for the value of an HTTP header: no control character but tab', isHeaderValue]];
}

/** Code points: one that needs two code units counts once. */
function characters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function plural(count: bigint, noun: string): string {
  return count === 1n ? `${count} ${noun}` : `${count} ${noun}s`;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(', ');
}
