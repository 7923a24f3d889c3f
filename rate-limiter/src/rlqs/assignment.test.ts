import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { type Assignment, assignmentFor, isSame } from './assignment.ts';
import type { QuotaRule } from './rule.ts';

const MINUTE = 60_000;

const rule = (more: Partial<QuotaRule> = {}): QuotaRule => ({
  label: 'pay/limits/burst',
  requests: 100,
  periodMs: MINUTE,
  isShadow: false,
  outlivesLimiter: false,
  ...more,
});

const bucket = (maxTokens: number, tokensPerFill: number, fillSeconds: number): Assignment => ({
  kind: 'bucket',
  maxTokens,
  tokensPerFill,
  fillSeconds,
});

describe('assignmentFor', () => {
  test.each<[string, QuotaRule | undefined, number, Assignment]>([
    ['no rule', undefined, 0, { kind: 'allow' }],
    ['a rule in shadow', rule({ isShadow: true }), 0, { kind: 'allow' }],
    ['no share', rule(), 0, { kind: 'deny' }],
    ['3 a minute', rule(), 3, bucket(1, 3, 60)],
    ['30 a minute', rule(), 30, bucket(2, 30, 60)],
    ['6000 a minute', rule(), 6_000, bucket(241, 6_000, 60)],
    ['10 a second', rule({ periodMs: 1_000 }), 10, bucket(10, 10, 1)],
    ['a day', rule({ periodMs: 86_400_000 }), 50_000, bucket(2_001, 50_000, 86_400)],
    ['a burst of its own, in part', rule({ burst: 30 }), 50, bucket(15, 50, 60)],
    ['less than a second', rule({ periodMs: 250 }), 2, bucket(2, 2, 1)],
  ])('%s', (_name, given, part, expected) => {
    expect(assignmentFor(given, part)).toEqual(expected);
  });

  test('never lets pass more than 5 % above the share in a minute or a period, from a full bucket', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4_294_967_295 }),
        fc.integer({ min: 1, max: 86_400 }),
        (part, seconds) => {
          const made = assignmentFor(rule({ periodMs: seconds * 1_000 }), part);
          if (made.kind !== 'bucket') throw new Error('a share is a bucket');
          const periods = Math.max(1, 60 / seconds);
          // Just before the end, when a single token that is left has been used and is not back.
          const passed = made.maxTokens - 1 + part * periods;
          expect(passed).toBeLessThanOrEqual(part * periods * 1.05);
        },
      ),
    );
  });

  test('never changes only the interval, which Envoy would not see, and stays as it is then', () => {
    const minute = assignmentFor(rule(), 3);
    const second = assignmentFor(rule({ periodMs: 20_000 }), 3, minute);
    expect(second).toEqual(bucket(2, 3, 20));
    expect(assignmentFor(rule({ periodMs: 20_000 }), 3, second)).toEqual(second);
  });
});

test.each<[Assignment | undefined, Assignment, boolean]>([
  [undefined, { kind: 'deny' }, false],
  [{ kind: 'deny' }, { kind: 'deny' }, true],
  [{ kind: 'allow' }, { kind: 'deny' }, false],
  [{ kind: 'allow' }, bucket(1, 2, 3), false],
  [bucket(1, 2, 3), bucket(1, 2, 3), true],
  [bucket(1, 2, 3), bucket(2, 2, 3), false],
])('%j and %j are the same: %s', (one, other, expected) => {
  expect(isSame(one, other)).toBe(expected);
});
