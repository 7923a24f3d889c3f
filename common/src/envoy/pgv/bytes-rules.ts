import { type BytesRules, BytesRulesSchema } from '../gen/validate/validate_pb.ts';
import { re2ToRegExp } from './re2.ts';
import { type Check, fail } from './violation.ts';
import { writtenRules } from './written-rules.ts';

const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

type Test = readonly [rule: string, expected: string, isKept: (bytes: Buffer) => boolean];

/** The check of one bytes value; what it holds never shows in a message. */
export function bytesCheck(message: BytesRules): Check<Uint8Array> {
  const tests = [...lengthTests(message), ...contentTests(message), ...addressTests(message)];
  return (value, run) => {
    if (message.ignoreEmpty && value.length === 0) return;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    for (const [rule, expected, isKept] of tests) {
      if (!isKept(bytes)) fail(run, `bytes.${rule}`, expected);
    }
  };
}

function lengthTests(message: BytesRules): readonly Test[] {
  const { len, minLen, maxLen } = writtenRules(BytesRulesSchema, message);
  const tests: Test[] = [];
  if (len !== undefined)
    tests.push(['len', `must be ${len} bytes long`, ({ length }) => BigInt(length) === len]);
  if (minLen !== undefined) {
    tests.push(['min_len', `must be at least ${minLen} bytes long`, ({ length }) => length >= minLen]);
  }
  if (maxLen !== undefined) {
    tests.push(['max_len', `must be at most ${maxLen} bytes long`, ({ length }) => length <= maxLen]);
  }
  return tests;
}

function contentTests(message: BytesRules): readonly Test[] {
  const rules = writtenRules(BytesRulesSchema, message);
  const { const: constant, prefix, suffix, contains, pattern, in: allowed, notIn: refused } = rules;
  const tests: Test[] = [];
  if (constant !== undefined)
    tests.push(['const', 'must be the constant of the rule', (bytes) => bytes.equals(constant)]);
  if (prefix !== undefined) {
    tests.push([
      'prefix',
      'must begin as the rule says',
      (bytes) => bytes.subarray(0, prefix.length).equals(prefix),
    ]);
  }
  if (suffix !== undefined) {
    tests.push([
      'suffix',
      'must end as the rule says',
      (bytes) => bytes.length >= suffix.length && bytes.subarray(bytes.length - suffix.length).equals(suffix),
    ]);
  }
  if (contains !== undefined)
    tests.push([
      'contains',
      'must hold what the rule says',
      (bytes) => bytes.includes(Buffer.from(contains)),
    ]);
  if (pattern !== undefined) {
    const expression = re2ToRegExp(pattern);
    tests.push(['pattern', `must match ${pattern}`, (bytes) => expression.test(bytes.toString('utf8'))]);
  }
  if (allowed !== undefined) {
    tests.push([
      'in',
      'must be one of the values of the rule',
      (bytes) => allowed.some((one) => bytes.equals(one)),
    ]);
  }
  if (refused !== undefined) {
    tests.push([
      'not_in',
      'must not be a value the rule refuses',
      (bytes) => !refused.some((one) => bytes.equals(one)),
    ]);
  }
  return tests;
}

function addressTests({ wellKnown }: BytesRules): readonly Test[] {
  if (wellKnown.case === undefined || !wellKnown.value) return [];
  switch (wellKnown.case) {
    case 'ip':
      return [
        [
          'ip',
          'must be an IP address of 4 or 16 bytes',
          ({ length }) => length === IPV4_BYTES || length === IPV6_BYTES,
        ],
      ];
    case 'ipv4':
      return [['ipv4', 'must be an IPv4 address of 4 bytes', ({ length }) => length === IPV4_BYTES]];
    case 'ipv6':
      return [['ipv6', 'must be an IPv6 address of 16 bytes', ({ length }) => length === IPV6_BYTES]];
  }
}
