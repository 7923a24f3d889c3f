import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { RateLimitResponseSchema } from '@paymesh/common/envoy-ratelimit';
import * as fc from 'fast-check';

import type { Allowance, HeaderStyle } from '../match/index.ts';
import { encodeResponse } from './encode-response.ts';
import { buildResponse } from './response.ts';

const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('x'.repeat(300)));
const count = fc.oneof(fc.nat(300), fc.constantFrom(2 ** 32 - 1, 2 ** 32, 2 ** 50));
const allowance: fc.Arbitrary<Allowance> = fc.oneof(
  fc.record({
    kind: fc.constant('rate' as const),
    requests: count,
    period: fc.record({
      unit: fc.constantFrom('second' as const, 'hour' as const, 'week' as const, 'year' as const),
      every: fc.constantFrom(1, 10),
    }),
    algorithm: fc.constant({ kind: 'fixed' as const }),
  }),
  fc.record({ kind: fc.constant('concurrency' as const), requests: count, holdMs: fc.constant(1_000) }),
);
const limit = fc.record({
  requests: count,
  allowance,
  name: text,
  label: text,
  resetSeconds: fc.integer({ min: 1, max: 31_536_000 }),
});
const status = fc.record(
  { isOver: fc.boolean(), remaining: count, limit },
  { requiredKeys: ['isOver', 'remaining'] },
);
const decision = fc.record(
  {
    kind: fc.constant('decided' as const),
    isOver: fc.boolean(),
    statuses: fc.array(status, { maxLength: 4 }),
    retryAfterSeconds: fc.integer({ min: 1, max: 99_999 }),
    cause: fc.record({
      label: text,
      name: text,
      outcome: fc.constantFrom('over' as const, 'shadow_over' as const),
    }),
    metadata: fc.dictionary(text, fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<string>, {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    taken: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
  },
  { requiredKeys: ['kind', 'isOver', 'statuses'] },
);

describe('encodeResponse', () => {
  test('writes what the generated code writes', () => {
    fc.assert(
      fc.property(decision, fc.constantFrom<HeaderStyle>('none', 'draft', 'x-ratelimit'), (given, style) => {
        const written = fromBinary(RateLimitResponseSchema, encodeResponse(given, style));
        expect(written).toEqual(buildResponse(given, style));
      }),
      { numRuns: 1_000 },
    );
  });
});
