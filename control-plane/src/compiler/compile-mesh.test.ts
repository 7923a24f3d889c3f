import { describe, expect, test } from '@jest/globals';
import { assert, property, shuffledSubarray } from 'fast-check';

import {
  ALL,
  base,
  connect,
  failover,
  instance,
  retry,
  route,
  SAFE,
  service,
  signing,
  target,
} from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

describe('order of the documents', () => {
  test('has no effect', () => {
    const documents = base(
      route('pay/x', 'pay/payments', { parent: 'edge' }),
      route('pay/y', 'pay/payments'),
      service('psp/a'),
      instance('psp/a-1', 'psp/a', 30_000, ['r', 'b']),
      instance('psp/a-2', 'psp/a', 31_000, ['s', 'a']),
      failover('pay/f', 'pay/x', ['pay/payments', 'psp/a']),
      retry('pay/r1', target('Service', 'pay/payments'), ALL),
      retry('pay/r2', target('Service', 'pay/payments'), SAFE),
      signing('pay/s1', target('Service', 'pay/payments'), 'Enforce'),
      signing('pay/s2', target('Service', 'pay/payments'), 'Enforce'),
      connect('pay/t1', target('Route', 'pay/x'), 900),
      connect('pay/t2', target('Route', 'pay/y'), 700),
    );
    const expected = JSON.stringify(compileMesh(documents));
    assert(
      property(shuffledSubarray(documents, { minLength: documents.length }), (shuffled) => {
        expect(JSON.stringify(compileMesh(shuffled))).toBe(expected);
      }),
    );
  });

  test('no documents give no proxies', () => {
    expect(compileMesh([])).toEqual({ ir: { proxies: {} }, findings: [] });
  });
});
