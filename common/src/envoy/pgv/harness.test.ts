// The messages that protoc-gen-validate tests itself with, one value and the rules it breaks a row.

import { createRegistry, fromJson, type JsonValue } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';

import { file_tests_harness_cases_bool as bools } from '../gen/tests/harness/cases/bool_pb.ts';
import { file_tests_harness_cases_bytes as bytes } from '../gen/tests/harness/cases/bytes_pb.ts';
import { file_tests_harness_cases_enums as enums } from '../gen/tests/harness/cases/enums_pb.ts';
import { file_tests_harness_cases_kitchen_sink as kitchenSink } from '../gen/tests/harness/cases/kitchen_sink_pb.ts';
import { file_tests_harness_cases_maps as maps } from '../gen/tests/harness/cases/maps_pb.ts';
import { file_tests_harness_cases_messages as messages } from '../gen/tests/harness/cases/messages_pb.ts';
import { file_tests_harness_cases_numbers as numbers } from '../gen/tests/harness/cases/numbers_pb.ts';
import { file_tests_harness_cases_oneofs as oneofs } from '../gen/tests/harness/cases/oneofs_pb.ts';
import { file_tests_harness_cases_repeated as repeated } from '../gen/tests/harness/cases/repeated_pb.ts';
import { file_tests_harness_cases_strings as strings } from '../gen/tests/harness/cases/strings_pb.ts';
import { file_tests_harness_cases_wkt_any as anys } from '../gen/tests/harness/cases/wkt_any_pb.ts';
import { file_tests_harness_cases_wkt_duration as durations } from '../gen/tests/harness/cases/wkt_duration_pb.ts';
import { file_tests_harness_cases_wkt_timestamp as timestamps } from '../gen/tests/harness/cases/wkt_timestamp_pb.ts';
import { file_tests_harness_cases_wkt_wrappers as wrappers } from '../gen/tests/harness/cases/wkt_wrappers_pb.ts';
import { validateMessage } from './validate-message.ts';

/** Name of a harness message, its JSON, and the rules it breaks: none for a valid one. */
type Row = readonly [message: string, json: JsonValue, broken: readonly string[]];

const registry = createRegistry(
  ...[bools, bytes, enums, kitchenSink, maps, messages, numbers, oneofs],
  ...[repeated, strings, anys, durations, timestamps, wrappers],
  DurationSchema,
  TimestampSchema,
);
const nowMs = Date.UTC(2026, 0, 1);

function expectBroken([name, json, broken]: Row): void {
  const schema = registry.getMessage(`tests.harness.cases.${name}`);
  if (schema === undefined) throw new Error(`no harness message ${name}`);
  const message = fromJson(schema, json, { registry });
  expect(validateMessage(schema, message, { nowMs }).map(({ rule }) => rule)).toEqual(broken);
}

/** Rows of one message whose field is called `val`. */
function rows(message: string, rule: string, values: { good: JsonValue[]; bad: JsonValue[] }): Row[] {
  return [
    ...values.good.map((val): Row => [message, { val }, []]),
    ...values.bad.map((val): Row => [message, { val }, [rule]]),
  ];
}

function numberRows(type: string, family: string, isUnsigned: boolean, isFraction: boolean): Row[] {
  const low = isUnsigned ? 5 : 0;
  const [constant, listed, other] = isFraction ? [1.23, 7.89, 4.56] : [1, 2, 3];
  return [
    ...rows(`${type}None`, '', { good: [0, 1, 99], bad: [] }),
    ...rows(`${type}Const`, `${family}.const`, { good: [constant], bad: [0, 2] }),
    ...rows(`${type}In`, `${family}.in`, { good: [listed, other], bad: [0, 5] }),
    ...rows(`${type}NotIn`, `${family}.not_in`, { good: [1], bad: [0] }),
    ...rows(`${type}LT`, `${family}.lt`, { good: [low - 1], bad: [low, low + 1] }),
    ...rows(`${type}LTE`, `${family}.lte`, { good: [63, 64], bad: [65] }),
    ...rows(`${type}GT`, `${family}.gt`, { good: [17], bad: [16, 15] }),
    ...rows(`${type}GTE`, `${family}.gte`, { good: [9, 8], bad: [7, 0] }),
    ...rows(`${type}GTLT`, `${family}.gt`, { good: [low + 1, 9], bad: [low] }),
    ...rows(`${type}GTLT`, `${family}.lt`, { good: [], bad: [10, 11] }),
    ...rows(`${type}ExLTGT`, `${family}.gt`, { good: [low - 1, 11], bad: [low, 7, 10] }),
    ...rows(`${type}GTELTE`, `${family}.gte`, { good: [128, 200, 256], bad: [127] }),
    ...rows(`${type}GTELTE`, `${family}.lte`, { good: [], bad: [257] }),
    ...rows(`${type}ExGTELTE`, `${family}.gte`, { good: [128, 127, 256, 300], bad: [129, 200, 255] }),
  ];
}

describe('numbers', () => {
  test.each([
    ...numberRows('Float', 'float', false, true),
    ...numberRows('Double', 'double', false, true),
    ...numberRows('Int32', 'int32', false, false),
    ...numberRows('Int64', 'int64', false, false),
    ...numberRows('UInt32', 'uint32', true, false),
    ...numberRows('UInt64', 'uint64', true, false),
    ...numberRows('SInt32', 'sint32', false, false),
    ...numberRows('SInt64', 'sint64', false, false),
    ...numberRows('Fixed32', 'fixed32', true, false),
    ...numberRows('Fixed64', 'fixed64', true, false),
    ...numberRows('SFixed32', 'sfixed32', false, false),
    ...numberRows('SFixed64', 'sfixed64', false, false),
    ...rows('FloatGT', 'float.gt', { good: ['NaN', 'Infinity'], bad: ['-Infinity'] }),
    ...rows('DoubleIn', 'double.in', { good: [], bad: ['NaN'] }),
    ...rows('Int64GT', 'int64.gt', { good: ['9223372036854775807'], bad: ['-9223372036854775808'] }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('bool and enum', () => {
  test.each([
    ...rows('BoolNone', '', { good: [true, false], bad: [] }),
    ...rows('BoolConstTrue', 'bool.const', { good: [true], bad: [false] }),
    ...rows('BoolConstFalse', 'bool.const', { good: [false], bad: [true] }),
    ...rows('EnumNone', '', { good: [0, 99], bad: [] }),
    ...rows('EnumConst', 'enum.const', { good: [2], bad: [0, 1] }),
    ...rows('EnumAliasConst', 'enum.const', { good: ['C', 'GAMMA'], bad: ['ALPHA'] }),
    ...rows('EnumDefined', 'enum.defined_only', { good: [0, 1, 2], bad: [3, 2147483647, -1] }),
    ...rows('EnumAliasDefined', 'enum.defined_only', { good: ['BETA'], bad: [3] }),
    ...rows('EnumIn', 'enum.in', { good: [0, 2], bad: [1, 7] }),
    ...rows('EnumAliasIn', 'enum.in', { good: ['A', 'GAMMA'], bad: ['B'] }),
    ...rows('EnumNotIn', 'enum.not_in', { good: [0, 2, 7], bad: [1] }),
    ...rows('EnumAliasNotIn', 'enum.not_in', { good: ['ALPHA'], bad: ['BETA'] }),
    ...rows('EnumExternal', 'enum.defined_only', { good: ['VALUE'], bad: [2147483647] }),
    ...rows('RepeatedEnumDefined', 'enum.defined_only', { good: [[], [0, 1]], bad: [[0, 7]] }),
    ...rows('RepeatedExternalEnumDefined', 'enum.defined_only', { good: [[0]], bad: [[7]] }),
    ...rows('MapEnumDefined', 'enum.defined_only', { good: [{}, { a: 1 }], bad: [{ a: 1, b: 7 }] }),
    ...rows('MapExternalEnumDefined', 'enum.defined_only', { good: [{ a: 0 }], bad: [{ a: 7 }] }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('strings', () => {
  test.each([
    ...rows('StringNone', '', { good: ['', 'quux'], bad: [] }),
    ...rows('StringConst', 'string.const', { good: ['foo'], bad: ['bar', ''] }),
    ...rows('StringIn', 'string.in', { good: ['bar', 'baz'], bad: ['quux', ''] }),
    ...rows('StringNotIn', 'string.not_in', { good: ['quux', ''], bad: ['fizz', 'buzz'] }),
    ...rows('StringLen', 'string.len', { good: ['baz', '你好吖', '\u{1f600}ab'], bad: ['go', 'fizz', ''] }),
    ...rows('StringMinLen', 'string.min_len', { good: ['protoc', 'baz', '你好吖'], bad: ['go', '你好', ''] }),
    ...rows('StringMaxLen', 'string.max_len', {
      good: ['foo', 'proto', '', '你好你好你'],
      bad: ['1234567890'],
    }),
    ...rows('StringMinMaxLen', 'string.min_len', { good: ['quux', 'foo', 'proto'], bad: ['go'] }),
    ...rows('StringMinMaxLen', 'string.max_len', { good: [], bad: ['validate'] }),
    ...rows('StringEqualMinMaxLen', 'string.max_len', { good: ['proto'], bad: ['validate'] }),
    ...rows('StringLenBytes', 'string.len_bytes', { good: ['pace', '吖a'], bad: ['val', 'world', '世界'] }),
    ...rows('StringMinBytes', 'string.min_bytes', {
      good: ['proto', 'quux', '你好'],
      bad: ['', 'foo', '吖'],
    }),
    ...rows('StringMaxBytes', 'string.max_bytes', {
      good: ['foo', '你好ab'],
      bad: ['123456789', '你好你好你'],
    }),
    ...rows('StringMinMaxBytes', 'string.min_bytes', { good: ['protoc', 'quux', 'fizzbuzz'], bad: ['foo'] }),
    ...rows('StringMinMaxBytes', 'string.max_bytes', { good: ['你好'], bad: ['你好你好你'] }),
    ...rows('StringPattern', 'string.pattern', { good: ['Foo123'], bad: ['!@#$%^&*()', '', 'a\nb', 'é'] }),
    ...rows('StringPatternEscapes', 'string.pattern', { good: ['* \\ x', '<* \\ x>'], bad: ['invalid', ''] }),
    ...rows('StringPrefix', 'string.prefix', { good: ['foobar', 'foo'], bad: ['bar', 'Foobar', ''] }),
    ...rows('StringContains', 'string.contains', { good: ['candy bars', 'bar'], bad: ['candy bazs', ''] }),
    ...rows('StringNotContains', 'string.not_contains', {
      good: ['candy bazs', ''],
      bad: ['candy bars', 'bar'],
    }),
    ...rows('StringSuffix', 'string.suffix', { good: ['foobaz', 'baz'], bad: ['foobar', 'foobaZ'] }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('string formats', () => {
  const label = 'x'.repeat(63);
  const longHost = `${label}.${label}.${label}.${label}`;
  test.each([
    ...rows('StringEmail', 'string.email', {
      good: ['foo@bar.com', 'a.b+c@mail.example', 'John Smith <foo@bar.com>'],
      bad: [
        'foobar',
        '',
        'foo@',
        '@bar.com',
        `${'x'.repeat(65)}@bar.com`,
        `a@${longHost}`,
        'foo@-bar.com',
        'a b@c.d',
      ],
    }),
    ...rows('StringHostname', 'string.hostname', {
      good: ['example.com', 'foo-bar.com', 'ASD.example.com', 'localhost', 'example.com.', `${label}.com`],
      bad: ['', 'foo_bar.com', '-foo.com', 'foo-.com', 'foo..com', `x${label}.com`, `${longHost}.com`, '!@#'],
    }),
    ...rows('StringAddress', 'string.address', {
      good: ['example.com', '192.168.0.1', '2001:db8::1', '::1'],
      bad: ['', 'foo_bar.com', 'fe80::1%eth0', '-foo'],
    }),
    ...rows('StringIP', 'string.ip', {
      good: ['192.168.0.1', '3e::99'],
      bad: ['foobar', '', '1.2.3', '1.2.3.256'],
    }),
    ...rows('StringIPv4', 'string.ipv4', {
      good: ['192.168.0.1'],
      bad: ['foobar', '256.256.256.256', '3e::99'],
    }),
    ...rows('StringIPv6', 'string.ipv6', {
      good: ['2001:db8::ff00:42:8329', '::'],
      bad: ['foobar', '192.168.0.1', 'ff::fff::0b', '::1%lo'],
    }),
    ...rows('StringURI', 'string.uri', {
      good: ['http://example.com/foo/bar?baz=quux', 'urn:isbn:1', 'http://[::1]:80/', 'a:'],
      bad: ['', '!@#$%^&*%$#', '/foo/bar?baz=quux', 'http://a b', 'http://x/%zz', '1a:b'],
    }),
    ...rows('StringURIRef', 'string.uri_ref', {
      good: ['http://foo.com', '/foo/bar?baz#quux', '', '//host:80/x', 'a/b:c'],
      bad: ['!@#$%^&*%$#', '1a:b', '/a b', '/%2'],
    }),
    ...rows('StringUUID', 'string.uuid', {
      good: [
        '00000000-0000-0000-0000-000000000000',
        'b45c0c80-8880-4ae9-85b9-1a4ae4c0aa11',
        '8B208305-00E8-4460-A440-5E0DCD83BB0A',
      ],
      bad: ['foobar', '', 'ffffffff-ffff-ffff-ffff-fffffffffffff', 'ffffffffffffffffffffffffffffffff'],
    }),
    ...rows('StringHttpHeaderName', 'string.well_known_regex', {
      good: ['clustername', ':path', 'cluster-123', '!+#&.%', "x'`~|^_$*"],
      bad: ['', ':', ':path:', 'example-header>', 'a b', 'a\n', 'ü'],
    }),
    ...rows('StringHttpHeaderValue', 'string.well_known_regex', {
      good: ['cluster.name.123', '/TEST/LONG/URL', 'cluster name', '!#%&./+', '', 'a\tb', 'ü 你'],
      bad: ['foo\u0000bar', '\u007f', 'a\r\nb', '\u0001'],
    }),
    ...rows('StringValidHeader', 'string.well_known_regex', {
      good: ['example-header', 'a\u0007b', '\u007f', ''],
      bad: ['a\u0000b', 'a\rb', 'a\nb'],
    }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('bytes', () => {
  const text = (value: string) => Buffer.from(value).toString('base64');
  const raw = (...value: number[]) => Buffer.from(value).toString('base64');
  test.each([
    ...rows('BytesNone', '', { good: ['', text('quux')], bad: [] }),
    ...rows('BytesConst', 'bytes.const', { good: [text('foo')], bad: ['', text('bar')] }),
    ...rows('BytesIn', 'bytes.in', { good: [text('bar'), text('baz')], bad: [text('quux')] }),
    ...rows('BytesNotIn', 'bytes.not_in', { good: [text('quux')], bad: [text('fizz')] }),
    ...rows('BytesLen', 'bytes.len', { good: [text('baz')], bad: [text('go'), text('fizz')] }),
    ...rows('BytesMinLen', 'bytes.min_len', { good: [text('fizz'), text('baz')], bad: [text('go')] }),
    ...rows('BytesMaxLen', 'bytes.max_len', {
      good: [text('foo'), text('proto')],
      bad: [text('1234567890')],
    }),
    ...rows('BytesMinMaxLen', 'bytes.min_len', { good: [text('quux')], bad: [text('go')] }),
    ...rows('BytesMinMaxLen', 'bytes.max_len', { good: [text('proto')], bad: [text('validate')] }),
    ...rows('BytesEqualMinMaxLen', 'bytes.max_len', { good: [text('proto')], bad: [text('validate')] }),
    ...rows('BytesPattern', 'bytes.pattern', { good: [text('Foo123')], bad: [text('你好你好'), ''] }),
    ...rows('BytesPrefix', 'bytes.prefix', { good: [raw(0x99, 0x9f, 0x08)], bad: [text('bar'), ''] }),
    ...rows('BytesContains', 'bytes.contains', { good: [text('candy bars')], bad: [text('candy bazs')] }),
    ...rows('BytesSuffix', 'bytes.suffix', {
      good: [raw(0x62, 0x75, 0x7a, 0x7a)],
      bad: [text('foobar'), ''],
    }),
    ...rows('BytesIP', 'bytes.ip', {
      good: [raw(192, 168, 0, 1), raw(...Array<number>(16).fill(1))],
      bad: [text('foobar')],
    }),
    ...rows('BytesIPv4', 'bytes.ipv4', {
      good: [raw(192, 168, 0, 1)],
      bad: [raw(...Array<number>(16).fill(1)), ''],
    }),
    ...rows('BytesIPv6', 'bytes.ipv6', {
      good: [raw(...Array<number>(16).fill(1))],
      bad: [raw(192, 168, 0, 1)],
    }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('repeated fields', () => {
  test.each<Row>([
    ...rows('RepeatedNone', '', { good: [[], [1, 2]], bad: [] }),
    ...rows('RepeatedEmbedNone', 'int64.gt', { good: [[], [{ val: 1 }]], bad: [[{ val: -1 }], [{}]] }),
    ...rows('RepeatedEmbedCrossPackageNone', 'int64.gt', { good: [[{ val: 1 }]], bad: [[{ val: -1 }]] }),
    ...rows('RepeatedMin', 'repeated.min_items', {
      good: [
        [{ val: 1 }, { val: 2 }, { val: 3 }],
        [{ val: 1 }, { val: 2 }],
      ],
      bad: [[{ val: 1 }], []],
    }),
    ['RepeatedMin', { val: [{ val: -1 }] }, ['repeated.min_items', 'int64.gt']],
    ['RepeatedMin', { val: [{ val: 1 }, { val: -1 }] }, ['int64.gt']],
    ...rows('RepeatedMax', 'repeated.max_items', { good: [[1, 2], [1, 2, 3], []], bad: [[1, 2, 3, 4]] }),
    ...rows('RepeatedMinMax', 'repeated.min_items', {
      good: [
        [1, 2],
        [1, 2, 3, 4],
      ],
      bad: [[1], []],
    }),
    ...rows('RepeatedMinMax', 'repeated.max_items', { good: [], bad: [[1, 2, 3, 4, 5]] }),
    ...rows('RepeatedExact', 'repeated.min_items', { good: [[1, 2, 3]], bad: [[1, 2]] }),
    ...rows('RepeatedExact', 'repeated.max_items', { good: [], bad: [[1, 2, 3, 4]] }),
    ...rows('RepeatedUnique', 'repeated.unique', {
      good: [['foo', 'bar'], [], ['foo'], ['foo', 'Foo']],
      bad: [['foo', 'bar', 'foo', 'baz']],
    }),
    ...rows('RepeatedItemRule', 'float.gt', { good: [[1, 'Infinity'], []], bad: [[1, -0.5], [0]] }),
    ['RepeatedItemRule', { val: [0, 1, -1] }, ['float.gt', 'float.gt']],
    ...rows('RepeatedItemPattern', 'string.pattern', {
      good: [['Alpha', 'Beta123'], []],
      bad: [['Alpha', '!@#$']],
    }),
    ...rows('RepeatedEmbedSkip', '', { good: [[{ val: 1 }], [{ val: -1 }]], bad: [] }),
    ...rows('RepeatedItemIn', 'string.in', { good: [['foo', 'bar']], bad: [['baz']] }),
    ...rows('RepeatedItemNotIn', 'string.not_in', { good: [['baz']], bad: [['foo', 'baz']] }),
    ...rows('RepeatedEnumIn', 'enum.in', { good: [['X']], bad: [['X', 'Y']] }),
    ...rows('RepeatedEnumNotIn', 'enum.not_in', { good: [['Y']], bad: [['X']] }),
    ...rows('RepeatedMinAndItemLen', 'repeated.min_items', { good: [['aaa', 'bbb']], bad: [[]] }),
    ...rows('RepeatedMinAndItemLen', 'string.len', { good: [], bad: [['a', 'bbb']] }),
    ...rows('RepeatedDuration', 'duration.gte', {
      good: [['1s', '0.001s'], []],
      bad: [['0.0005s'], ['1s', '-1s']],
    }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('maps', () => {
  test.each<Row>([
    ...rows('MapNone', '', { good: [{ 123: true, 456: false }, {}], bad: [] }),
    ...rows('MapMin', 'map.min_pairs', {
      good: [
        { 1: 2, 3: 4, 5: 6 },
        { 1: 2, 3: 4 },
      ],
      bad: [{ 1: 2 }, {}],
    }),
    ...rows('MapMax', 'map.max_pairs', {
      good: [{ 1: 2 }, { 1: 2, 3: 4, 5: 6 }, {}],
      bad: [{ 1: 2, 3: 4, 5: 6, 7: 8 }],
    }),
    ...rows('MapMinMax', 'map.min_pairs', { good: [{ a: true, b: false }], bad: [{ a: true }] }),
    ...rows('MapMinMax', 'map.max_pairs', {
      good: [],
      bad: [{ a: true, b: true, c: true, d: true, e: true }],
    }),
    ...rows('MapExact', 'map.min_pairs', { good: [{ 1: 'a', 2: 'b', 3: 'c' }], bad: [{ 1: 'a', 2: 'b' }] }),
    ...rows('MapExact', 'map.max_pairs', { good: [], bad: [{ 1: 'a', 2: 'b', 3: 'c', 4: 'd' }] }),
    ...rows('MapNoSparse', 'map.no_sparse', { good: [{ 1: {}, 2: {} }, {}], bad: [] }),
    ...rows('MapKeys', 'sint64.lt', {
      good: [{ '-1': 'a', '-2': 'b' }, {}],
      bad: [{ 1: 'a' }, { '-1': 'a', 0: 'b' }],
    }),
    ...rows('MapValues', 'string.min_len', {
      good: [{ a: 'Alpha' }, {}],
      bad: [{ a: 'A' }, { a: 'Alpha', b: 'B' }],
    }),
    ['MapValues', { val: { a: 'A', b: 'B' } }, ['string.min_len', 'string.min_len']],
    ...rows('MapKeysPattern', 'string.pattern', { good: [{ A: 'a' }], bad: [{ A: 'a', '!@#$%^&*()': 'b' }] }),
    ...rows('MapValuesPattern', 'string.pattern', { good: [{ a: 'A' }], bad: [{ a: 'A', b: '!@#$%^&*()' }] }),
    ...rows('MapRecursive', 'string.min_len', { good: [{ 1: { val: 'abc' } }], bad: [{ 1: {} }] }),
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('messages and oneofs', () => {
  test.each<Row>([
    ...rows('MessageNone', '', { good: [{}], bad: [] }),
    ['MessageNone', {}, []],
    ['MessageDisabled', { val: 456 }, []],
    ['MessageDisabled', { val: 0 }, []],
    ['Message', { val: { const: 'foo' } }, []],
    ['Message', { val: { const: 'foo', nested: { const: 'foo' } } }, []],
    ['Message', {}, []],
    ['Message', { val: {} }, ['string.const']],
    ['Message', { val: { const: 'foo', nested: {} } }, ['string.const']],
    ['Message', { val: { const: 'bar', nested: {} } }, ['string.const', 'string.const']],
    ['MessageCrossPackage', { val: { val: '1' } }, []],
    ['MessageCrossPackage', { val: {} }, ['int64.gt']],
    ['MessageCrossPackage', {}, []],
    ['MessageSkip', { val: {} }, []],
    ['MessageRequired', { val: { const: 'foo' } }, []],
    ['MessageRequired', {}, ['message.required']],
    ['MessageRequired', { val: { const: 'bar' } }, ['string.const']],
    ['MessageWith3dInside', {}, []],
    ['OneOfNone', { x: 'foo' }, []],
    ['OneOfNone', { y: 123 }, []],
    ['OneOfNone', {}, []],
    ['OneOf', { x: 'foobar' }, []],
    ['OneOf', { y: 123 }, []],
    ['OneOf', { z: { val: true } }, []],
    ['OneOf', {}, []],
    ['OneOf', { x: 'fizzbuzz' }, ['string.prefix']],
    ['OneOf', { x: '' }, ['string.prefix']],
    ['OneOf', { y: -1 }, ['int32.gt']],
    ['OneOf', { z: {} }, ['bool.const']],
    ['OneOfRequired', { x: '' }, []],
    ['OneOfRequired', { y: 0 }, []],
    ['OneOfRequired', {}, ['oneof.required']],
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('well-known types', () => {
  const duration = { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' };
  const timestamp = {
    '@type': 'type.googleapis.com/google.protobuf.Timestamp',
    value: '2026-01-01T00:00:00Z',
  };
  const at = (seconds: number) => new Date(nowMs + seconds * 1_000).toISOString();
  const unix = (seconds: number) => new Date(seconds * 1_000).toISOString();
  test.each<Row>([
    ...rows('AnyNone', '', { good: [duration], bad: [] }),
    ['AnyRequired', {}, ['any.required']],
    ['AnyRequired', { val: {} }, []],
    ...rows('AnyIn', 'any.in', { good: [duration], bad: [timestamp, {}] }),
    ['AnyIn', {}, []],
    ...rows('AnyNotIn', 'any.not_in', { good: [duration, {}], bad: [timestamp] }),
    ['DurationNone', {}, []],
    ['DurationRequired', {}, ['duration.required']],
    ['DurationRequired', { val: '0s' }, []],
    ...rows('DurationConst', 'duration.const', { good: ['3s'], bad: ['3.000000001s', '0s'] }),
    ['DurationConst', {}, []],
    ...rows('DurationIn', 'duration.in', { good: ['1s', '0.000001s'], bad: ['0s', '1.000001s'] }),
    ...rows('DurationNotIn', 'duration.not_in', { good: ['0.000000001s', '-1s'], bad: ['0s'] }),
    ...rows('DurationLT', 'duration.lt', { good: ['-0.000000001s'], bad: ['0s', '1s'] }),
    ...rows('DurationLTE', 'duration.lte', { good: ['0s', '1s'], bad: ['1.000000001s'] }),
    ...rows('DurationGT', 'duration.gt', { good: ['1s'], bad: ['0s', '0.000001s', '-2s'] }),
    ...rows('DurationGTE', 'duration.gte', { good: ['3s', '0.001s'], bad: ['-1s', '0s'] }),
    ...rows('DurationGTLT', 'duration.gt', { good: ['0.5s'], bad: ['0s', '-1s'] }),
    ...rows('DurationGTLT', 'duration.lt', { good: [], bad: ['1s', '1000s'] }),
    ...rows('DurationExLTGT', 'duration.gt', { good: ['2s', '-1s'], bad: ['0s', '1s', '0.5s'] }),
    ...rows('DurationGTELTE', 'duration.gte', { good: ['60s', '3600s', '120s'], bad: ['59.9s'] }),
    ...rows('DurationGTELTE', 'duration.lte', { good: [], bad: ['3600.1s'] }),
    ...rows('DurationExGTELTE', 'duration.gte', { good: ['60s', '3600s', '0s'], bad: ['61s'] }),
    ['DurationFieldWithOtherFields', { intVal: 12 }, ['int32.gt']],
    ['DurationFieldWithOtherFields', { durationVal: '1s', intVal: 17 }, []],
    ['TimestampRequired', {}, ['timestamp.required']],
    ['TimestampRequired', { val: unix(0) }, []],
    ...rows('TimestampConst', 'timestamp.const', { good: [unix(3)], bad: [unix(0)] }),
    ...rows('TimestampLT', 'timestamp.lt', { good: [unix(-1)], bad: [unix(0), unix(1)] }),
    ...rows('TimestampLTE', 'timestamp.lte', { good: [unix(0), unix(1)], bad: [unix(2)] }),
    ...rows('TimestampGT', 'timestamp.gt', { good: [unix(1)], bad: [unix(0), unix(-1)] }),
    ...rows('TimestampGTE', 'timestamp.gte', { good: [unix(3), '1970-01-01T00:00:00.001Z'], bad: [unix(0)] }),
    ...rows('TimestampGTLT', 'timestamp.lt', { good: ['1970-01-01T00:00:00.5Z'], bad: [unix(1)] }),
    ...rows('TimestampExLTGT', 'timestamp.gt', { good: [unix(2), unix(-1)], bad: [unix(0), unix(1)] }),
    ...rows('TimestampGTELTE', 'timestamp.gte', { good: [unix(60), unix(3600)], bad: [unix(59)] }),
    ...rows('TimestampExGTELTE', 'timestamp.gte', { good: [unix(60), unix(3600)], bad: [unix(61)] }),
    ...rows('TimestampLTNow', 'timestamp.lt_now', { good: [at(-1)], bad: [at(0), at(1)] }),
    ...rows('TimestampGTNow', 'timestamp.gt_now', { good: [at(1)], bad: [at(0), at(-1)] }),
    ...rows('TimestampWithin', 'timestamp.within', {
      good: [at(0), at(3600), at(-3600)],
      bad: [at(3601), at(-3601)],
    }),
    ['TimestampWithin', {}, []],
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('wrappers', () => {
  test.each<Row>([
    ['WrapperNone', { val: 0 }, []],
    ...['Float', 'Double', 'Int64', 'Int32', 'UInt64', 'UInt32'].flatMap((type): Row[] => [
      [`Wrapper${type}`, { val: 1 }, []],
      [`Wrapper${type}`, {}, []],
      [`Wrapper${type}`, { val: 0 }, [`${type.toLowerCase()}.gt`]],
    ]),
    ['WrapperBool', {}, []],
    ...rows('WrapperBool', 'bool.const', { good: [true], bad: [false] }),
    ['WrapperString', {}, []],
    ...rows('WrapperString', 'string.suffix', { good: ['foobar'], bad: ['fizzbuzz', ''] }),
    ['WrapperBytes', {}, []],
    ...rows('WrapperBytes', 'bytes.min_len', { good: ['Zm9v'], bad: ['eA==', ''] }),
    ...rows('WrapperRequiredString', 'string.const', { good: ['bar'], bad: ['foo'] }),
    ['WrapperRequiredString', {}, ['message.required']],
    ...rows('WrapperRequiredEmptyString', 'string.const', { good: [''], bad: ['foo'] }),
    ['WrapperRequiredEmptyString', {}, ['message.required']],
    ['WrapperOptionalUuidString', {}, []],
    ...rows('WrapperOptionalUuidString', 'string.uuid', {
      good: ['8b72987b-024a-43b3-b4cf-647a1f925c5d'],
      bad: ['foo'],
    }),
    ...rows('WrapperRequiredFloat', 'float.gt', { good: [1], bad: [-5, 0] }),
    ['WrapperRequiredFloat', {}, ['message.required']],
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});

describe('all together', () => {
  const good = {
    const: 'abcd',
    intConst: 5,
    boolConst: false,
    floatVal: 1,
    durVal: '3s',
    tsVal: '1970-01-01T00:00:17Z',
    floatConst: 7,
    doubleIn: 123,
    enumConst: 'ComplexTWO',
    anyVal: { '@type': 'type.googleapis.com/google.protobuf.Duration', value: '1s' },
    repTsVal: ['1970-01-01T00:00:03Z'],
    mapVal: { '-1': 'a', '-2': 'b' },
    bytesVal: 'AJk=',
    x: 'foobar',
  };
  const ofNothing = [
    ...['string.const', 'int32.const', 'duration.required', 'double.in', 'enum.const', 'bytes.const'],
    'oneof.required',
  ];
  test.each<Row>([
    ['KitchenSinkMessage', { val: good }, []],
    ['KitchenSinkMessage', {}, []],
    ['KitchenSinkMessage', { val: {} }, ofNothing],
    ['KitchenSinkMessage', { val: { ...good, nested: good, another: good } }, []],
    ['KitchenSinkMessage', { val: { ...good, nested: { ...good, floatConst: 8 } } }, ['float.lt']],
    ['KitchenSinkMessage', { val: { ...good, another: {} } }, ofNothing],
    [
      'KitchenSinkMessage',
      { val: { ...good, mapVal: { 1: 'a' }, repTsVal: ['1970-01-01T00:00:00Z'] } },
      ['timestamp.gte', 'sint32.lt'],
    ],
  ])('%s of %j breaks %j', (...row) => expectBroken(row));
});
