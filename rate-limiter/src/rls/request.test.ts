import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { type RateLimitDescriptorSchema, RateLimitRequestSchema } from '@paymesh/common/envoy-ratelimit';

import { readRequest } from './request.ts';

function descriptorOf(init: MessageInitShape<typeof RateLimitDescriptorSchema>, hitsAddend = 0) {
  return readRequest(create(RateLimitRequestSchema, { domain: 'd', descriptors: [init], hitsAddend }))
    .descriptors[0];
}

describe('readRequest', () => {
  test.each([
    ['neither is set', {}, 0, 1],
    ['only the request', {}, 7, 7],
    ['the descriptor, over the request', { hitsAddend: 3n }, 7, 3],
    ['zero in the descriptor', { hitsAddend: 0n }, 7, 0],
    ['more than a counter holds', { hitsAddend: 2n ** 64n - 1n }, 0, 2 ** 50],
    ['negative', { hitsAddend: 3n, isNegativeHits: true }, 0, -3],
    ['negative zero', { hitsAddend: 0n, isNegativeHits: true }, 0, 0],
    ['negative, of the request', { isNegativeHits: true }, 2, -2],
  ])('hits where %s', (_name, init, requestHits, expected) => {
    expect(descriptorOf(init, requestHits)?.hits).toBe(expected);
  });

  test.each([
    [0, undefined],
    [1, 'second'],
    [2, 'minute'],
    [3, 'hour'],
    [4, 'day'],
    [5, 'month'],
    [6, 'year'],
    [7, 'week'],
    [8, undefined],
    [-1, undefined],
  ])('an override of unit %i is %s', (unit, expected) => {
    const limit = { requestsPerUnit: 5, unit: unit as never };
    expect(descriptorOf({ limit })?.override).toEqual({ requests: 5, unit: expected });
  });
});
