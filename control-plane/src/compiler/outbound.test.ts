import { describe, expect, test } from '@jest/globals';

import { base, instance, listener, service } from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

describe('outbound domains', () => {
  test('a short name means the own namespace, else the only service of that name', () => {
    const { ir } = compileMesh(
      base(service('psp/payments'), service('psp/wechat'), instance('psp/wechat-1', 'psp/wechat', 25_010)),
    );
    const domains = (node: string) =>
      Object.fromEntries(
        listener(ir, node, 'outbound').virtualHosts.map((host) => [host.name, host.domains.slice(2)]),
      );
    expect(domains('orders-1')).toMatchObject({
      'pay/payments': ['payments'],
      'psp/payments': [],
      'psp/wechat': ['wechat'],
    });
    expect(domains('wechat-1')).toMatchObject({ 'pay/payments': [], 'psp/payments': ['payments'] });
  });

  test('a name that two other namespaces have belongs to nobody', () => {
    const { ir } = compileMesh(base(service('a/x'), service('b/x')));
    const all = listener(ir, 'orders-1', 'outbound').virtualHosts.flatMap((host) => host.domains);
    expect(all).toContain('x.a.mesh');
    expect(all).not.toContain('x');
    expect(new Set(all).size).toBe(all.length);
  });
});
