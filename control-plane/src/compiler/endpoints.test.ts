import { describe, expect, test } from '@jest/globals';

import { instance, service } from '../testing/index.ts';
import { compileEndpoints } from './endpoints.ts';
import { groupMesh } from './mesh.ts';

/** Priorities of one instance at each of these places, as a proxy in region r, zone a sees them. */
function priorities(places: readonly string[]): Record<string, number> {
  const documents = places.map((place, index) =>
    instance(`pay/${index}`, 'pay/x', 100 * index, place.split('/')),
  );
  const found = groupMesh([service('pay/x'), ...documents]).services.get('pay/x')?.instances ?? [];
  return Object.fromEntries(
    compileEndpoints(found, { region: 'r', zone: 'a' }).map((one) => [
      `${one.region}/${one.zone}`,
      one.priority,
    ]),
  );
}

describe('compileEndpoints', () => {
  test.each([
    ['own zone, own region, elsewhere', ['s/a', 'r/b', 'r/a'], { 'r/a': 0, 'r/b': 1, 's/a': 2 }],
    ['a zone of that name in another region is far', ['s/a', 'r/b'], { 'r/b': 0, 's/a': 1 }],
    ['no gap where the own zone has none', ['s/b', 'r/b'], { 'r/b': 0, 's/b': 1 }],
    ['no gap where the own region has no other zone', ['r/a', 's/b'], { 'r/a': 0, 's/b': 1 }],
    ['only far ones are first', ['s/b', 't/c'], { 's/b': 0, 't/c': 0 }],
    ['none', [], {}],
  ])('%s', (_, places, expected) => {
    expect(priorities(places)).toEqual(expected);
  });
});
