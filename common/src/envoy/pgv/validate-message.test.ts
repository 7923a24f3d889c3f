import {
  create,
  createFileRegistry,
  createRegistry,
  type DescMessage,
  type MessageInitShape,
  setExtension,
} from '@bufbuild/protobuf';
import {
  type Any,
  AnySchema,
  anyPack,
  FieldDescriptorProtoSchema,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  MessageOptionsSchema,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';

import {
  ComplexTestMsgSchema,
  KitchenSinkMessageSchema,
} from '../gen/tests/harness/cases/kitchen_sink_pb.ts';
import { MapKeysSchema, MapRecursiveSchema, MapValuesSchema } from '../gen/tests/harness/cases/maps_pb.ts';
import { MessageSchema, type TestMsg, TestMsgSchema } from '../gen/tests/harness/cases/messages_pb.ts';
import { OneOfRequiredSchema, OneOfSchema } from '../gen/tests/harness/cases/oneofs_pb.ts';
import { RepeatedEmbedNoneSchema } from '../gen/tests/harness/cases/repeated_pb.ts';
import { StringLenSchema } from '../gen/tests/harness/cases/strings_pb.ts';
import { AnyNoneSchema } from '../gen/tests/harness/cases/wkt_any_pb.ts';
import { DurationLTESchema } from '../gen/tests/harness/cases/wkt_duration_pb.ts';
import { FieldRulesSchema, file_validate_validate, ignored, rules } from '../gen/validate/validate_pb.ts';
import { validateMessage } from './validate-message.ts';

/** A message type with one field `val`, made for rules that the harness has no message for. */
function madeType(
  type: Type,
  fieldRules: MessageInitShape<typeof FieldRulesSchema>,
  options: { isRepeated?: boolean; isOptional?: boolean; isIgnored?: boolean; name?: string } = {},
): DescMessage {
  const field = create(FieldDescriptorProtoSchema, {
    name: options.name ?? 'val',
    number: 1,
    type,
    label: options.isRepeated === true ? Label.REPEATED : Label.OPTIONAL,
    options: create(FieldOptionsSchema),
  });
  if (field.options !== undefined) {
    setExtension(field.options, rules, create(FieldRulesSchema, fieldRules));
  }
  const messageOptions = create(MessageOptionsSchema);
  if (options.isIgnored === true) setExtension(messageOptions, ignored, true);
  const file = create(FileDescriptorProtoSchema, {
    name: 'made.proto',
    syntax: options.isOptional === true ? 'proto2' : 'proto3',
    dependency: [file_validate_validate.proto.name],
    messageType: [{ name: 'Made', field: [field], options: messageOptions }],
  });
  const made = createFileRegistry(file, () => file_validate_validate).getMessage('Made');
  if (made === undefined) throw new Error('the type was not made');
  return made;
}

function brokenRules(type: DescMessage, init: Record<string, unknown>): readonly string[] {
  return validateMessage(type, create(type, init)).map(({ rule }) => rule);
}

describe('rules that the harness does not use', () => {
  const minLen = { ignoreEmpty: true, minLen: 3n };
  test.each<[string, DescMessage, unknown, string[]]>([
    ['empty string', madeType(Type.STRING, { type: { case: 'string', value: minLen } }), '', []],
    [
      'short string',
      madeType(Type.STRING, { type: { case: 'string', value: minLen } }),
      'a',
      ['string.min_len'],
    ],
    ['no bytes', madeType(Type.BYTES, { type: { case: 'bytes', value: minLen } }), new Uint8Array(), []],
    [
      'few bytes',
      madeType(Type.BYTES, { type: { case: 'bytes', value: minLen } }),
      new Uint8Array(1),
      ['bytes.min_len'],
    ],
    [
      'zero',
      madeType(Type.UINT32, { type: { case: 'uint32', value: { ignoreEmpty: true, gte: 5 } } }),
      0,
      [],
    ],
    [
      'one',
      madeType(Type.UINT32, { type: { case: 'uint32', value: { ignoreEmpty: true, gte: 5 } } }),
      1,
      ['uint32.gte'],
    ],
    [
      'long zero',
      madeType(Type.INT64, { type: { case: 'int64', value: { ignoreEmpty: true, gte: 5n } } }),
      0n,
      [],
    ],
    [
      'empty list',
      madeType(
        Type.UINT32,
        { type: { case: 'repeated', value: { ignoreEmpty: true, minItems: 2n } } },
        { isRepeated: true },
      ),
      [],
      [],
    ],
    [
      'short list',
      madeType(
        Type.UINT32,
        { type: { case: 'repeated', value: { ignoreEmpty: true, minItems: 2n } } },
        { isRepeated: true },
      ),
      [1],
      ['repeated.min_items'],
    ],
    [
      'equal bytes in a unique list',
      madeType(Type.BYTES, { type: { case: 'repeated', value: { unique: true } } }, { isRepeated: true }),
      [Uint8Array.of(1), Uint8Array.of(1)],
      ['repeated.unique'],
    ],
    [
      'bool of a message that is ignored',
      madeType(Type.BOOL, { type: { case: 'bool', value: { const: true } } }, { isIgnored: true }),
      false,
      [],
    ],
    [
      'UNKNOWN header kind',
      madeType(Type.STRING, {
        type: { case: 'string', value: { wellKnown: { case: 'wellKnownRegex', value: 0 } } },
      }),
      '\0',
      [],
    ],
    [
      'a format that is switched off',
      madeType(Type.STRING, {
        type: { case: 'string', value: { wellKnown: { case: 'email', value: false } } },
      }),
      'x',
      [],
    ],
  ])('%s', (_, type, val, broken) => {
    expect(brokenRules(type, { val })).toEqual(broken);
  });

  test('a scalar with presence is tested when it is set', () => {
    const type = madeType(Type.UINT32, { type: { case: 'uint32', value: { gte: 5 } } }, { isOptional: true });
    expect(brokenRules(type, {})).toEqual([]);
    expect(brokenRules(type, { val: 0 })).toEqual(['uint32.gte']);
  });

  test.each([
    [{ seconds: 1n, nanos: -1 }],
    [{ seconds: -1n, nanos: 1 }],
    [{ seconds: 0n, nanos: 1_000_000_000 }],
    [{ seconds: 315_576_000_001n, nanos: 0 }],
  ])('a duration that is none is told: %j', (val) => {
    expect(brokenRules(DurationLTESchema, { val })).toEqual(['duration']);
  });
});

describe('path and message', () => {
  test.each([
    [
      validateMessage(
        RepeatedEmbedNoneSchema,
        create(RepeatedEmbedNoneSchema, { val: [{ val: 1n }, { val: -7n }] }),
      ),
      'val[1].val: must be above 0; it is -7',
    ],
    [
      validateMessage(MapValuesSchema, create(MapValuesSchema, { val: { 'a"b': 'A' } })),
      String.raw`val["a\"b"]: must have at least 3 characters`,
    ],
    [
      validateMessage(MapRecursiveSchema, create(MapRecursiveSchema, { val: { 7: {} } })),
      'val[7].val: must have at least 3 characters',
    ],
    [
      validateMessage(MapKeysSchema, create(MapKeysSchema, { val: { 7: '' } })),
      'val[7]: must be below 0; it is 7',
    ],
    [validateMessage(OneOfRequiredSchema, create(OneOfRequiredSchema)), 'o: must be one of x, y'],
    [
      validateMessage(OneOfSchema, create(OneOfSchema, { o: { case: 'z', value: {} } })),
      'z.val: must be true',
    ],
    [
      validateMessage(MessageSchema, create(MessageSchema, { val: { const: 'foo', nested: {} } })),
      'val.nested.const: must be "foo"',
    ],
  ])('%#: %j', (violations, expected) => {
    expect(violations.map(({ path, message }) => `${path}: ${message}`)).toEqual([expected]);
  });

  test('an enum is told by name', () => {
    const [violation] = validateMessage(
      KitchenSinkMessageSchema,
      create(KitchenSinkMessageSchema, { val: { enumConst: 1 } }),
    ).filter(({ rule }) => rule.startsWith('enum'));
    expect(violation).toEqual({
      path: 'val.enum_const',
      rule: 'enum.const',
      message: 'must be ComplexTWO; it is ComplexONE',
    });
  });

  test('no text and no bytes of the message are printed', () => {
    const secret = 'hunter2hunter2';
    const all = [
      validateMessage(StringLenSchema, create(StringLenSchema, { val: secret })),
      validateMessage(
        ComplexTestMsgSchema,
        create(ComplexTestMsgSchema, { const: secret, bytesVal: Buffer.from(secret) }),
      ),
    ].flat();
    expect(all.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['string.len', 'string.const', 'bytes.const']),
    );
    expect(JSON.stringify(all)).not.toContain('hunter2');
  });
});

describe('inside of Any', () => {
  const registry = createRegistry(MessageSchema, TestMsgSchema, AnySchema);
  const holding = (any: Any) => create(AnyNoneSchema, { val: any });
  const broken = anyPack(MessageSchema, create(MessageSchema, { val: {} }));

  test('a type of the registry is tested', () => {
    expect(validateMessage(AnyNoneSchema, holding(broken), { registry })).toEqual([
      { path: 'val.val.const', rule: 'string.const', message: 'must be "foo"' },
    ]);
  });

  test('so is an Any in an Any', () => {
    const outer = anyPack(AnySchema, broken);
    expect(validateMessage(AnyNoneSchema, holding(outer), { registry })).toHaveLength(1);
  });

  test('without a registry, or of another type, it passes', () => {
    expect(validateMessage(AnyNoneSchema, holding(broken))).toEqual([]);
    expect(
      validateMessage(AnyNoneSchema, holding(anyPack(StringLenSchema, create(StringLenSchema))), {
        registry,
      }),
    ).toEqual([]);
    expect(validateMessage(AnyNoneSchema, holding(create(AnySchema)), { registry })).toEqual([]);
  });

  test('bytes that cannot be read are told', () => {
    const any = create(AnySchema, { typeUrl: broken.typeUrl, value: Uint8Array.of(0x0a, 0xff) });
    expect(validateMessage(AnyNoneSchema, holding(any), { registry })).toEqual([
      { path: 'val', rule: 'any.value', message: 'must hold a readable tests.harness.cases.Message' },
    ]);
  });
});

describe('bounds', () => {
  test('too deep a message is refused, not followed', () => {
    let message: TestMsg = create(TestMsgSchema, { const: 'foo' });
    for (let depth = 0; depth < 1_000; depth++) {
      message = create(TestMsgSchema, { const: 'foo', nested: message });
    }
    expect(validateMessage(TestMsgSchema, message).map(({ rule }) => rule)).toEqual(['depth']);
  });

  test('a message that holds itself ends', () => {
    const message = create(TestMsgSchema, { const: 'foo' });
    message.nested = message;
    expect(validateMessage(TestMsgSchema, message).map(({ rule }) => rule)).toEqual(['depth']);
  });

  test('violations beyond a thousand are not kept', () => {
    const val = Array.from({ length: 5_000 }, () => ({ val: 0n }));
    expect(validateMessage(RepeatedEmbedNoneSchema, create(RepeatedEmbedNoneSchema, { val }))).toHaveLength(
      1_000,
    );
  });
});
