import { describe, expect, test } from '@jest/globals';

import { readPromql } from './promql.ts';

describe('readPromql', () => {
  test('finds metrics, the labels they are matched by, and those of grouping and joins', () => {
    const expr =
      'sum by (service) (rate(a{x="1", y=~"2"}[5m] offset 5m)) / on (z) group_left (w) {__name__=~"b|c", v!=""}';
    expect(readPromql(expr)).toEqual({
      errors: [],
      selectors: [
        { metric: 'a', labels: ['x', 'y'] },
        { metric: '{__name__=~"b|c"}', labels: ['v'] },
      ],
      grouping: ['service', 'z', 'w'],
    });
  });

  test.each(['sum(a{', 'rate(a[5x])', 'a + * b', 'a{b=c}'])('says that %s does not parse', (expr) => {
    expect(readPromql(expr).errors).not.toEqual([]);
  });
});
