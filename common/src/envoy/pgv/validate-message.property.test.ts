import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { ClusterSchema } from '../gen/envoy/config/cluster/v3/cluster_pb.ts';
import { SocketAddressSchema } from '../gen/envoy/config/core/v3/address_pb.ts';
import { RouteConfigurationSchema } from '../gen/envoy/config/route/v3/route_pb.ts';
import { ComplexTestMsgSchema } from '../gen/tests/harness/cases/kitchen_sink_pb.ts';
import { Int32ExLTGTSchema, Int32GTLTSchema } from '../gen/tests/harness/cases/numbers_pb.ts';
import { StringMinMaxBytesSchema, StringMinMaxLenSchema } from '../gen/tests/harness/cases/strings_pb.ts';
import { AnyNoneSchema } from '../gen/tests/harness/cases/wkt_any_pb.ts';
import { envoyRegistry } from '../registry.ts';
import { validateMessage } from './validate-message.ts';

const SCHEMAS = [ClusterSchema, RouteConfigurationSchema, ComplexTestMsgSchema, AnyNoneSchema];

describe('validateMessage, whatever the message', () => {
  test('never throws on what the parser takes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCHEMAS), fc.uint8Array({ maxLength: 40 }), (schema, bytes) => {
        const message = readable(() => fromBinary(schema, bytes));
        if (message !== undefined) expect(validateMessage(schema, message)).toBeInstanceOf(Array);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never throws on bytes inside of an Any', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
        const any = { typeUrl: `type.googleapis.com/${ClusterSchema.typeName}`, value };
        const message = create(AnyNoneSchema, { val: any });
        expect(validateMessage(AnyNoneSchema, message, { registry: envoyRegistry })).toBeInstanceOf(Array);
      }),
    );
  });

  test('says the same of a message and of its copy from the wire', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(100_000), (address, port) => {
        const message = create(SocketAddressSchema, {
          address,
          portSpecifier: { case: 'portValue', value: port },
        });
        const copy = fromBinary(SocketAddressSchema, toBinary(SocketAddressSchema, message));
        const violations = validateMessage(SocketAddressSchema, message);
        expect(validateMessage(SocketAddressSchema, copy)).toEqual(violations);
        expect(violations).toHaveLength(Number(address === '') + Number(port > 65_535));
        const boxed = create(AnyNoneSchema, { val: anyPack(SocketAddressSchema, message) });
        expect(validateMessage(AnyNoneSchema, boxed)).toEqual([]);
      }),
    );
  });
});

describe('a rule keeps what it says', () => {
  const isValid = (schema: typeof Int32GTLTSchema | typeof Int32ExLTGTSchema, val: number) =>
    validateMessage(schema, create(schema, { val })).length === 0;

  test('numbers between and outside of two bounds', () => {
    fc.assert(
      fc.property(fc.integer({ min: -20, max: 20 }), (val) => {
        expect(isValid(Int32GTLTSchema, val)).toBe(val > 0 && val < 10);
        expect(isValid(Int32ExLTGTSchema, val)).toBe(val < 0 || val > 10);
      }),
    );
  });

  test('lengths count code points, bytes count UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (val) => {
        const length = Array.from(val).length;
        const bytes = new TextEncoder().encode(val).length;
        const broken = [
          ...validateMessage(StringMinMaxLenSchema, create(StringMinMaxLenSchema, { val })),
          ...validateMessage(StringMinMaxBytesSchema, create(StringMinMaxBytesSchema, { val })),
        ].map(({ rule }) => rule);
        const expected = [
          ...(length < 3 ? ['string.min_len'] : []),
          ...(length > 5 ? ['string.max_len'] : []),
          ...(bytes < 4 ? ['string.min_bytes'] : []),
          ...(bytes > 8 ? ['string.max_bytes'] : []),
        ];
        expect(broken).toEqual(expected);
      }),
    );
  });
});

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // Not a message: nothing to test.
  }
}
