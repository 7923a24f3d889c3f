import { describe, expect, test } from '@jest/globals';
import {
  RateLimitResponse_Code as Code,
  RateLimitResponse_RateLimit_Unit as Unit,
} from '@paymesh/common/envoy-ratelimit';
import type { RateUnit } from '@paymesh/common/policy';

import type { Allowance } from '../match/index.ts';
import { buildResponse } from './response.ts';

describe('buildResponse', () => {
  test.each([
    [true, Code.OVER_LIMIT],
    [false, Code.OK],
  ])('always sets overall_code: over %s', (isOver, code) => {
    expect(buildResponse({ kind: 'decided', isOver, statuses: [] }).overallCode).toBe(code);
  });

  test('a status without a limit has neither limit nor reset', () => {
    const { statuses } = buildResponse({
      kind: 'decided',
      isOver: false,
      statuses: [{ isOver: false, remaining: 0 }],
    });
    expect(statuses).toMatchObject([{ code: Code.OK, limitRemaining: 0 }]);
    expect([statuses[0]?.currentLimit, statuses[0]?.durationUntilReset]).toEqual([undefined, undefined]);
  });

  test.each<[RateUnit, number]>([
    ['second', Unit.SECOND],
    ['minute', Unit.MINUTE],
    ['hour', Unit.HOUR],
    ['day', Unit.DAY],
    ['week', Unit.WEEK],
    ['month', Unit.MONTH],
    ['year', Unit.YEAR],
  ])('%s', (unit, expected) => {
    const allowance: Allowance = {
      kind: 'rate',
      requests: 5,
      period: { unit, every: 1 },
      algorithm: { kind: 'fixed' },
    };
    const limit = { requests: 5, allowance, name: 'n', label: 'l', resetSeconds: 9 };
    const { statuses } = buildResponse({
      kind: 'decided',
      isOver: true,
      statuses: [{ isOver: true, remaining: 0, limit }],
    });
    expect(statuses).toMatchObject([
      {
        code: Code.OVER_LIMIT,
        currentLimit: { unit: expected, requestsPerUnit: 5, name: 'n' },
        durationUntilReset: { seconds: 9n },
      },
    ]);
  });

  test('tells when to come back in one header', () => {
    const { responseHeadersToAdd } = buildResponse({
      kind: 'decided',
      isOver: true,
      statuses: [],
      retryAfterSeconds: 17,
    });
    expect(responseHeadersToAdd.map(({ key, value }) => [key, value])).toEqual([['retry-after', '17']]);
  });

  test('tells the proxy what was taken, as text', () => {
    const decision = { kind: 'decided', isOver: false, statuses: [], taken: { 'taken.a/b/c': '3' } } as const;
    expect(buildResponse(decision).dynamicMetadata).toEqual({ 'taken.a/b/c': '3' });
  });
});
