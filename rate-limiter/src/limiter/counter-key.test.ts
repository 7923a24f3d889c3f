import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import { counterKey } from './counter-key.ts';

const entry = (key: string, value: string) => ({ key, value });

describe('counterKey', () => {
  test('is readable', () => {
    expect(counterKey('shop', [entry('user', 'a'), entry('path', '/x')], 'minute')).toBe(
      'paymesh:rl:{4:shop}:minute|4:user1:a|4:path2:/x',
    );
  });

  test('differs whenever domain, entries or unit do', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '_', ':', '|', '1', '}', '{'), maxLength: 4 });
    const entries = fc.array(fc.record({ key: text, value: text }), { maxLength: 3 });
    const unit = fc.constantFrom('second' as const, 'minute' as const);
    const input = fc.tuple(text, entries, unit);
    fc.assert(
      fc.property(input, input, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(counterKey(...a) === counterKey(...b)).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  test('stays short for long values, and still differs', () => {
    const a = counterKey('d'.repeat(1_000), [entry('k', 'x'.repeat(100_000))], 'day');
    const b = counterKey('d'.repeat(1_000), [entry('k', `${'x'.repeat(99_999)}y`)], 'day');
    expect(a.length).toBeLessThan(200);
    expect(a).not.toBe(b);
  });
});
