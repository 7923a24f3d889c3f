import { describe, expect, test } from '@jest/globals';

import { base, cluster, connect, route, target } from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

describe('shared leaves of a cluster', () => {
  test('the strictest policy of the routes holds, and the others are told', () => {
    const { ir, findings } = compileMesh(
      base(
        route('pay/x', 'pay/payments'),
        route('pay/y', 'pay/payments'),
        connect('pay/t1', target('Route', 'pay/x'), 900),
        connect('pay/t2', target('Route', 'pay/y'), 700),
      ),
    );
    expect(cluster(ir, 'orders-1', 'pay/payments')?.connectTimeoutMs).toBe(700);
    expect(cluster(ir, 'orders-1', 'pay/orders')?.connectTimeoutMs).toBe(500);
    expect(findings).toMatchObject([
      {
        code: 'PM5001',
        severity: 'warning',
        path: 'spec.connect',
        got: '900 ms',
        at: { file: 'pay/t1.yaml', line: 2 },
      },
    ]);
  });
});

describe('modes that cannot be shadowed', () => {
  test('a timeout in shadow has no effect, and says so', () => {
    const timeout = connect('pay/t', target('Service', 'pay/payments'), 9);
    const { ir, findings } = compileMesh(base({ ...timeout, spec: { ...timeout.spec, mode: 'Shadow' } }));
    expect(cluster(ir, 'orders-1', 'pay/payments')?.connectTimeoutMs).toBe(500);
    expect(findings).toMatchObject([{ code: 'PM5003', subject: 'TimeoutPolicy pay/t' }]);
  });
});
