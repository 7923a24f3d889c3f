import { describe, expect, test } from '@jest/globals';
import { assert, constantFrom, property, record, uniqueArray } from 'fast-check';

import type { RequestMatchIr, RouteIr } from '../ir/index.ts';
import { compareRoutes } from './route-order.ts';

function named(name: string, match: RequestMatchIr): RouteIr {
  return { name, match, clusters: ['c'], timeoutMs: 1, idleMs: 1, rateLimits: [], provenance: {} };
}

const exact = (value: string) => ({ kind: 'exact', value }) as const;
const template = (value: string) => ({ kind: 'template', value }) as const;
const prefix = (value: string) => ({ kind: 'prefix', value }) as const;

describe('compareRoutes', () => {
  test.each<[string, RequestMatchIr, RequestMatchIr]>([
    ['exact before template', { path: exact('/a') }, { path: template('/long/{id}') }],
    ['template before prefix', { path: template('/{id}') }, { path: prefix('/long') }],
    ['longer before shorter', { path: prefix('/ab') }, { path: prefix('/a') }],
    ['a path before a method', { path: exact('/a') }, { method: 'GET', path: prefix('/a') }],
    ['with a method before without', { method: 'GET', path: exact('/a') }, { path: exact('/a') }],
    [
      'fixed segments before variables',
      { path: template('/v1/pay/{id}') },
      { path: template('/v1/{kind}/{id}') },
    ],
    ['whatever the names of variables', { path: template('/v1/{a}') }, { path: template('/v/{abcdefgh}') }],
    ['equals by name', { path: exact('/a') }, { path: exact('/a') }],
  ])('%s', (_, first, second) => {
    const [a, b] = [named('a', first), named('b', second)];
    expect([b, a].toSorted(compareRoutes)).toEqual([a, b]);
  });

  test('is one order for any routes of different names', () => {
    const route = record({
      name: constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      path: constantFrom(exact('/a'), exact('/b'), template('/{x}'), prefix('/'), prefix('/a')),
      method: constantFrom('GET', undefined),
    }).map(({ name, path, method }) => named(name, { path, ...(method === undefined ? {} : { method }) }));
    assert(
      property(uniqueArray(route, { selector: ({ name }) => name }), (routes) => {
        expect(routes.toReversed().toSorted(compareRoutes)).toEqual(routes.toSorted(compareRoutes));
      }),
    );
  });
});
