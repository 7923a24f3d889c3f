import { describe, expect, test } from '@jest/globals';

import { allHealthy } from './cluster-health.ts';

const body = (...stats: readonly (readonly [string, number])[]): string =>
  JSON.stringify({ stats: stats.map(([name, value]) => ({ name: `cluster.${name}`, value })) });

describe('allHealthy', () => {
  test.each([
    ['no clusters', body(), true],
    ['all endpoints healthy', body(['a.membership_healthy', 3], ['a.membership_total', 3]), true],
    ['one endpoint not yet', body(['a.membership_healthy', 2], ['a.membership_total', 3]), false],
    [
      'one cluster of two not yet',
      body(
        ['a.membership_healthy', 1],
        ['a.membership_total', 1],
        ['b.membership_healthy', 0],
        ['b.membership_total', 1],
      ),
      false,
    ],
    ['a count missing', body(['a.membership_total', 1]), false],
  ])('%s', (_name, text, expected) => {
    expect(allHealthy(text)).toBe(expected);
  });
});
