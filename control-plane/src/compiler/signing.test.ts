import { describe, expect, test } from '@jest/globals';

import { base, cluster, listener, route, routeAt, signing, target } from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

describe('signing', () => {
  test('a route with a gateway is checked there and nowhere else', () => {
    const { ir } = compileMesh(
      base(
        route('pay/x', 'pay/payments', { parent: 'edge' }),
        signing('pay/s', target('Route', 'pay/x'), 'Enforce'),
      ),
    );
    expect(routeAt(ir, 'edge', 'gateway', 'pay/x#0').signing?.policy).toBe('pay/s');
    expect(listener(ir, 'edge', 'gateway').extAuthz?.cluster).toBe('paymesh/ext-authz');
    expect(routeAt(ir, 'payments-1', 'inbound', 'pay/x#0').signing).toBeUndefined();
    expect(routeAt(ir, 'orders-1', 'outbound', 'pay/x#0').signing).toBeUndefined();
    expect(cluster(ir, 'edge', 'paymesh/ext-authz')).toBeDefined();
    expect(cluster(ir, 'payments-1', 'paymesh/ext-authz')).toBeUndefined();
  });

  test('a service policy holds for undeclared paths too, but not for the health check', () => {
    const { ir } = compileMesh(base(signing('pay/s', target('Service', 'pay/payments'), 'Enforce')));
    const [first] = listener(ir, 'payments-1', 'inbound').virtualHosts.flatMap((host) => host.routes);
    expect(first).toMatchObject({ name: 'health-check', match: { method: 'GET' } });
    expect(first?.signing).toBeUndefined();
    expect(routeAt(ir, 'payments-1', 'inbound', 'passthrough').signing?.policy).toBe('pay/s');
  });

  test.each([
    ['Off', undefined],
    ['Shadow', true],
    ['Enforce', false],
  ] as const)('mode %s', (mode, isShadow) => {
    const { ir } = compileMesh(
      base(route('pay/x', 'pay/payments'), signing('pay/s', target('Route', 'pay/x'), mode)),
    );
    expect(routeAt(ir, 'payments-1', 'inbound', 'pay/x#0').signing?.isShadow).toBe(isShadow);
  });

  test('a shadow policy on the route does not loosen an enforced one on the service', () => {
    const { ir } = compileMesh(
      base(
        route('pay/x', 'pay/payments'),
        signing('pay/deep', target('Route', 'pay/x'), 'Shadow'),
        signing('pay/wide', target('Service', 'pay/payments'), 'Enforce'),
      ),
    );
    expect(routeAt(ir, 'payments-1', 'inbound', 'pay/x#0').signing).toMatchObject({
      policy: 'pay/wide',
      isShadow: false,
    });
  });
});
