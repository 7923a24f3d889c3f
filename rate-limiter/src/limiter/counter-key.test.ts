import { describe, expect, test } from '@jest/globals';
import type { RateUnit } from '@paymesh/common/policy';
import * as fc from 'fast-check';

import type { Allowance } from '../match/index.ts';
import { counterKey, ratelimitKey } from './counter-key.ts';

const entry = (key: string, value: string) => ({ key, value });
const rate = (unit: RateUnit, every = 1): Allowance => ({
  kind: 'rate',
  requests: 1,
  period: { unit, every },
  algorithm: { kind: 'fixed' },
});

describe('counterKey', () => {
  test('is readable', () => {
    expect(counterKey('shop', [entry('user', 'a'), entry('path', '/x')], rate('minute'))).toBe(
      'paymesh:rl:{4:shop}:minute|4:user1:a|4:path2:/x:',
    );
  });

  test('differs whenever domain, entries or unit do', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '_', ':', '|', '1', '}', '{'), maxLength: 4 });
    const entries = fc.array(fc.record({ key: text, value: text }), { maxLength: 3 });
    const unit = fc.constantFrom(rate('second'), rate('minute'), rate('minute', 2));
    const input = fc.tuple(text, entries, unit);
    fc.assert(
      fc.property(input, input, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(counterKey(...a) === counterKey(...b)).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each<[string, Allowance]>([
    ['10minute', rate('minute', 10)],
    [
      'day@Asia/Shanghai',
      {
        ...rate('day'),
        algorithm: { kind: 'calendar', unit: 'day', timeZone: 'Asia/Shanghai' },
      } as Allowance,
    ],
    ['sliding:day', { ...rate('day'), algorithm: { kind: 'sliding' } } as Allowance],
    ['bucket:day', { ...rate('day'), algorithm: { kind: 'bucket', burst: 7 } } as Allowance],
    ['concurrency:1', { kind: 'concurrency', requests: 3, holdMs: 1 }],
  ])('names how a limit measures: %s', (text, allowance) => {
    expect(counterKey('d', [], allowance)).toBe(`paymesh:rl:{1:d}:${text}:`);
  });

  test('stays short for long values, and still differs', () => {
    const a = counterKey('d'.repeat(1_000), [entry('k', 'x'.repeat(100_000))], rate('day'));
    const b = counterKey('d'.repeat(1_000), [entry('k', `${'x'.repeat(99_999)}y`)], rate('day'));
    expect(a.length).toBeLessThan(220);
    expect(a).not.toBe(b);
  });
});

describe('ratelimitKey', () => {
  const key = ratelimitKey('prefix:');
  const entries = [entry('user', 'a'), entry('path', '')];

  test('names fixed windows as envoyproxy/ratelimit; the store appends their start', () => {
    expect(key('domain', entries, rate('second'))).toBe('prefix:domain_user_a_path__');
  });

  test.each<[string, Allowance]>([
    ['longer periods', rate('minute', 10)],
    ['what slides', { ...rate('day'), algorithm: { kind: 'sliding' } } as Allowance],
    ['concurrency', { kind: 'concurrency', requests: 3, holdMs: 1 }],
  ])('leaves %s their names, for it does not know them', (_, allowance) => {
    expect(key('domain', entries, allowance)).toBe(counterKey('domain', entries, allowance));
  });
});
