import { describe, expect, test } from '@jest/globals';

import type { DescriptorStatus, StatusLimit } from '../limiter/index.ts';
import type { HeaderStyle } from '../match/index.ts';
import { limitHeaders } from './limit-headers.ts';

function status(name: string, more: Partial<StatusLimit> & Partial<DescriptorStatus> = {}): DescriptorStatus {
  const { isOver = false, remaining = 3, ...limit } = more;
  return {
    isOver,
    remaining,
    limit: {
      requests: 10,
      allowance: {
        kind: 'rate',
        requests: 10,
        period: { unit: 'minute', every: 5 },
        algorithm: { kind: 'fixed' },
      },
      name,
      label: 'label',
      resetSeconds: 17,
      ...limit,
    },
  };
}

const FREE: DescriptorStatus = { isOver: false, remaining: 0 };

describe('limitHeaders', () => {
  test.each<[string, readonly DescriptorStatus[], HeaderStyle, readonly string[]]>([
    ['none are asked for', [status('a')], 'none', []],
    ['nothing is limited', [FREE], 'draft', []],
    ['draft', [status('a')], 'draft', ['ratelimit-policy: "a";q=10;w=300', 'ratelimit: "a";r=3;t=17']],
    [
      'x-ratelimit',
      [status('a')],
      'x-ratelimit',
      ['x-ratelimit-limit: 10', 'x-ratelimit-remaining: 3', 'x-ratelimit-reset: 17'],
    ],
    [
      'several, the strictest first',
      [
        FREE,
        status('a'),
        status('b', { remaining: 1 }),
        status('c', { isOver: true, remaining: 0 }),
        status('d', { isOver: true, remaining: 0, resetSeconds: 60 }),
      ],
      'draft',
      [
        'ratelimit-policy: "d";q=10;w=300, "c";q=10;w=300, "b";q=10;w=300, "a";q=10;w=300',
        'ratelimit: "d";r=0;t=60, "c";r=0;t=17, "b";r=1;t=17, "a";r=3;t=17',
      ],
    ],
    [
      'the style of the rule goes first',
      [status('a', { headers: 'none' }), status('b', { headers: 'x-ratelimit', remaining: 2 })],
      'draft',
      ['x-ratelimit-limit: 10', 'x-ratelimit-remaining: 2', 'x-ratelimit-reset: 17'],
    ],
    [
      'requests under way',
      [status('a', { allowance: { kind: 'concurrency', requests: 10, holdMs: 9 } })],
      'draft',
      ['ratelimit-policy: "a";q=10;qu="concurrent-requests"', 'ratelimit: "a";r=3;t=17'],
    ],
    [
      'a rule without a name',
      [status('')],
      'draft',
      ['ratelimit-policy: "label";q=10;w=300', 'ratelimit: "label";r=3;t=17'],
    ],
  ])('%s', (_name, statuses, style, expected) => {
    expect(limitHeaders(statuses, style).map(([name, value]) => `${name}: ${value}`)).toEqual(expected);
  });

  test('no name breaks out of its string, and there are at most ten', () => {
    const names = limitHeaders([status('a"\\\r\nb\u{e9}')], 'draft')[1]?.[1];
    expect(names).toBe(String.raw`"a\"\\??b?";r=3;t=17`);
    const many = Array.from({ length: 50 }, (_, i) => status(`n${i}`));
    expect(limitHeaders(many, 'draft')[1]?.[1].split(', ')).toHaveLength(10);
  });
});
