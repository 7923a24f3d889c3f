import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { RateLimitRequestSchema } from '@paymesh/common/envoy-ratelimit';
import * as fc from 'fast-check';

import { decodeRequest } from './decode-request.ts';
import { readRequest } from './request.ts';

/** Well-formed text, sometimes beyond ASCII; without the mark that the generated code takes off. */
const text = fc
  .oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('merchant', 'm-1', 'x'.repeat(300)))
  .filter((made) => !made.startsWith('\u{feff}'));
const uint32 = fc.oneof(fc.nat(9), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const descriptor = fc.record(
  {
    entries: fc.array(fc.record({ key: text, value: text }, { requiredKeys: [] }), { maxLength: 4 }),
    limit: fc.record(
      { requestsPerUnit: uint32, unit: fc.integer({ min: -1, max: 9 }) },
      { requiredKeys: [] },
    ),
    hitsAddend: fc.oneof(fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    isNegativeHits: fc.boolean(),
  },
  { requiredKeys: [] },
);
const encoded = fc
  .record(
    { domain: text, descriptors: fc.array(descriptor, { maxLength: 4 }), hitsAddend: uint32 },
    { requiredKeys: [] },
  )
  .map((init) => {
    const shape = init as MessageInitShape<typeof RateLimitRequestSchema>;
    return Buffer.from(toBinary(RateLimitRequestSchema, create(RateLimitRequestSchema, shape)));
  });

function generated(bytes: Uint8Array) {
  return readRequest(fromBinary(RateLimitRequestSchema, bytes));
}

describe('decodeRequest', () => {
  test('reads what the generated code reads', () => {
    fc.assert(
      fc.property(encoded, (bytes) => {
        expect(decodeRequest(bytes)).toEqual(plain(generated(bytes)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('adds up the parts of one message as the generated code does', () => {
    fc.assert(
      fc.property(encoded, encoded, (one, other) => {
        const bytes = Buffer.concat([one, other]);
        expect(decodeRequest(bytes)).toEqual(plain(generated(bytes)));
      }),
      { numRuns: 500 },
    );
  });

  test('takes any bytes without a throw, and no more of them than the generated code', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), encoded, fc.nat(), (noise, message, cut) => {
        const bent = Buffer.concat([message.subarray(0, cut % (message.byteLength + 1)), noise]);
        if (decodeRequest(bent) !== undefined) expect(() => generated(bent)).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Entries without what makes them messages. */
function plain(request: ReturnType<typeof generated>) {
  const descriptors = request.descriptors.map(({ entries, ...more }) => ({
    ...more,
    entries: entries.map(({ key, value }) => ({ key, value })),
  }));
  return { ...request, descriptors };
}
