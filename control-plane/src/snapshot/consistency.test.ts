import { describe, expect, test } from '@jest/globals';

import { checkConsistency, type Linked } from './consistency.ts';
import type { Reference } from './references.ts';

const table: Reference = { type: 'route', name: 'outbound', rule: 'consistency.route', message: 'names it' };
const upstream: Reference = { type: 'cluster', name: 'pay/x', rule: 'consistency.cluster', message: 'sends' };

const listener: Linked = { type: 'listener', name: 'outbound', references: [table] };
const route: Linked = { type: 'route', name: 'outbound', references: [upstream, upstream] };
const cluster: Linked = { type: 'cluster', name: 'pay/x', references: [] };

describe('checkConsistency', () => {
  test.each<[string, readonly Linked[], string[]]>([
    ['nothing', [], []],
    ['a whole', [listener, route, cluster], []],
    [
      'the same name of another type is no stand-in',
      [listener, cluster],
      ['listener outbound consistency.route'],
    ],
    [
      'each missing reference is told',
      [listener, route],
      ['route outbound consistency.cluster', 'route outbound consistency.cluster'],
    ],
    [
      'a name twice is told once',
      [listener, route, cluster, cluster, { ...cluster }],
      ['cluster pay/x consistency.unique_name'],
    ],
    ['nothing asks for a spare one', [cluster], []],
  ])('%s', (_, resources, expected) => {
    const found = checkConsistency(resources).map(({ type, name, rule }) => `${type} ${name} ${rule}`);
    expect(found).toEqual(expected);
  });
});
