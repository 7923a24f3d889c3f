import { describe, expect, test } from '@jest/globals';

import { ALL, base, retry, route, routeAt, SAFE, target } from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

describe('retries of writes', () => {
  const post = { method: 'POST', path: { kind: 'exact', value: '/x' } } as const;
  const get = { method: 'GET', path: { kind: 'exact', value: '/x' } } as const;
  const anyMethod = { path: { kind: 'exact', value: '/x' } } as const;
  const idempotency = { key: { kind: 'header', name: 'idempotency-key' }, required: true } as const;

  test.each([
    ['POST', { match: [post] }, SAFE],
    ['no method', { match: [anyMethod] }, SAFE],
    ['DELETE', { match: [{ ...post, method: 'DELETE' }] }, SAFE],
    ['GET and POST in one route', { match: [get, post] }, SAFE],
    ['GET', { match: [get] }, ALL],
    ['HEAD and OPTIONS', { match: ['HEAD', 'OPTIONS'].map((method) => ({ ...get, method })) }, ALL],
    ['POST with an idempotency key', { match: [post], idempotency }, ALL],
    [
      'POST with a key that may be left out',
      { match: [post], idempotency: { ...idempotency, required: false } },
      SAFE,
    ],
  ])('%s', (_, rest, on) => {
    const { ir } = compileMesh(
      base(route('pay/x', 'pay/payments', rest), retry('pay/r', target('Route', 'pay/x'), ALL)),
    );
    expect(routeAt(ir, 'orders-1', 'outbound', 'pay/x#0').retry?.on).toEqual(on.toSorted());
  });

  test('a policy with no safe condition leaves a write without retry', () => {
    const { ir } = compileMesh(
      base(route('pay/x', 'pay/payments'), retry('pay/r', target('Route', 'pay/x'), ['5xx'])),
    );
    expect(routeAt(ir, 'orders-1', 'outbound', 'pay/x#0').retry).toBeUndefined();
  });

  test('an undeclared path has the safe default, at callers only', () => {
    const { ir } = compileMesh(base());
    expect(routeAt(ir, 'orders-1', 'outbound', 'passthrough')).toMatchObject({
      timeoutMs: 5_000,
      retry: { attempts: 1, on: SAFE },
    });
    expect(routeAt(ir, 'orders-1', 'inbound', 'passthrough').retry).toBeUndefined();
  });
});
