import { describe, expect, test } from '@jest/globals';

import type { Entry } from '../match/index.ts';
import { indexOverrides } from './override-index.ts';
import { withOverride, withoutOverride } from './override-key.ts';
import type { Override } from './types.ts';

function entriesOf(text: string): readonly Entry[] {
  return text.split(' ').map((entry) => {
    const [key = '', value = ''] = entry.split('=');
    return { key, value };
  });
}

function override(entries: string, requests: number, more: Partial<Override> = {}): Override {
  return { domain: 'shop', label: 'per-user', entries: entriesOf(entries), requests, ...more };
}

const RULE = { domain: 'shop', label: 'per-user' };

describe('indexOverrides', () => {
  const index = indexOverrides([
    override('tenant=a', 1),
    override('user=x tenant=a', 2),
    override('user=z', 3),
    override('user=late', 4, { untilMs: 1_000 }),
  ]);

  test.each([
    ['tenant=a user=y', 1],
    ['tenant=a user=x', 2],
    ['tenant=b user=x', undefined],
    ['tenant=a user=z', 1],
    ['tenant=b user=z', 3],
    ['tenant=b user=late', undefined],
    ['tenant=b', undefined],
    ['tenant=b tenant=a', undefined],
  ])('%s has %s', (entries, expected) => {
    expect(index.find(RULE, entriesOf(entries), 1_000)?.requests).toBe(expected);
  });

  test('is void at its time, not before', () => {
    const of = (nowMs: number) => index.find(RULE, entriesOf('user=late'), nowMs)?.requests;
    expect([of(999), of(1_000)]).toEqual([4, undefined]);
  });

  test.each([[{ domain: 'other', label: 'per-user' }], [{ domain: 'shop', label: 'other' }]])(
    'holds for one rule only, not %o',
    (rule) => {
      expect(index.find(rule, entriesOf('tenant=a user=x'), 0)).toBeUndefined();
    },
  );

  test('one that is written again replaces the first, in whatever order its entries stand', () => {
    const all = withOverride([override('tenant=a user=x', 1)], override('user=x tenant=a', 2));
    expect(all.map(({ requests }) => requests)).toEqual([2]);
    expect(withoutOverride(all, override('tenant=a user=x', 0))).toEqual([]);
  });
});
