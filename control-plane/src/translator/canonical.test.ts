import { create, fromBinary } from '@bufbuild/protobuf';
import { AnySchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';
import { RouteConfigurationSchema, RouteSchema } from '@paymesh/common/envoy';
import * as fc from 'fast-check';

import { encodeCanonical } from './canonical.ts';

describe('encodeCanonical', () => {
  test('the order in which a map was filled leaves no trace, however deep it lies', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 2, maxLength: 6 }), (keys) => {
        expect(encodeCanonical(RouteConfigurationSchema, table(keys))).toEqual(
          encodeCanonical(RouteConfigurationSchema, table(keys.toReversed())),
        );
      }),
    );
  });

  test('nothing is lost', () => {
    const bytes = encodeCanonical(RouteConfigurationSchema, table(['b', 'a']));
    const route = fromBinary(RouteConfigurationSchema, bytes).virtualHosts[0]?.routes[0];
    expect(route?.typedPerFilterConfig).toEqual({
      a: create(AnySchema, { typeUrl: 'a' }),
      b: create(AnySchema, { typeUrl: 'b' }),
    });
  });
});

function table(keys: readonly string[]) {
  const typedPerFilterConfig = Object.fromEntries(keys.map((key) => [key, { typeUrl: key }]));
  const route = create(RouteSchema, { name: 'r', typedPerFilterConfig });
  return create(RouteConfigurationSchema, { name: 't', virtualHosts: [{ name: 'v', routes: [route] }] });
}
