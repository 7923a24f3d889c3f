import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '@paymesh/common/policy';

import {
  ALL,
  base,
  cluster,
  failover,
  instance,
  proxy,
  retry,
  route,
  routeAt,
  SAFE,
  service,
  target,
} from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

describe('failover', () => {
  const documents = (order: readonly string[], ...more: PolicyDocument[]) =>
    base(
      route('pay/x', 'pay/payments', {
        idempotency: { key: { kind: 'header', name: 'k' }, required: true },
        parent: 'edge',
      }),
      ...order.flatMap((id, index) => [service(id), instance(`${id}-1`, id, 30_000 + 10 * index)]),
      failover('pay/f', 'pay/x', ['pay/payments', ...order]),
      retry('pay/r', target('Route', 'pay/x'), ALL),
      ...more,
    );

  test('another provider is tried only after what was not sent, whatever the route declares', () => {
    const found = routeAt(compileMesh(documents(['psp/a'])).ir, 'orders-1', 'outbound', 'pay/x#0');
    expect(found).toMatchObject({ clusters: ['pay/payments', 'psp/a'], retry: { attempts: 2, on: SAFE } });
  });

  test('the other routes of a service that is left keep its budget', () => {
    const { ir } = compileMesh(documents(['psp/a']));
    expect(cluster(ir, 'edge', 'pay/payments')?.breaker.retryMinConcurrency).toBe(3);
  });

  test('there is a try for each provider', () => {
    const found = routeAt(
      compileMesh(documents(['psp/a', 'psp/b', 'psp/c'])).ir,
      'edge',
      'gateway',
      'pay/x#0',
    );
    expect(found.retry?.attempts).toBe(3);
    expect(found.provenance['retry.attempts']).toBe('pay/f.yaml:2:1');
  });

  test.each([
    ['one instance: A, B', [], 1],
    ['two instances: A, A, B', [instance('pay/payments-2', 'pay/payments', 22_020)], 2],
  ])('the first provider has %s', (_, more, attempts) => {
    const { ir } = compileMesh(
      base(
        route('pay/x', 'pay/payments'),
        service('psp/a'),
        instance('psp/a-1', 'psp/a', 25_010),
        failover('pay/f', 'pay/x', ['pay/payments', 'psp/a']),
        ...more,
      ),
    );
    expect(routeAt(ir, 'orders-1', 'outbound', 'pay/x#0')).toMatchObject({
      clusters: ['pay/payments', 'psp/a'],
      retry: { attempts },
    });
  });

  test('a provider without instances is passed over, for Envoy would not leave it', () => {
    const found = (...more: PolicyDocument[]) =>
      routeAt(
        compileMesh(
          base(
            service('psp/a'),
            service('psp/b'),
            service('psp/c'),
            route('psp/x', 'psp/a'),
            failover('psp/f', 'psp/x', ['psp/a', 'psp/b', 'psp/c']),
            ...more,
          ),
        ).ir,
        'orders-1',
        'outbound',
        'psp/x#0',
      ).clusters;
    const [b, c] = [instance('psp/b-1', 'psp/b', 30_000), instance('psp/c-1', 'psp/c', 31_000)];
    expect(found(b, c)).toEqual(['psp/b', 'psp/c']);
    expect(found(c)).toEqual(['psp/c']);
    expect(found()).toEqual(['psp/a']);
  });

  test('the override bounds the chain, and says so', () => {
    const { ir, findings } = compileMesh(documents(['psp/a', 'psp/b', 'psp/c', 'psp/d']));
    const found = routeAt(ir, 'edge', 'gateway', 'pay/x#0');
    expect(found.retry?.attempts).toBe(3);
    expect(found.clusters).toHaveLength(4);
    expect(findings).toMatchObject([{ code: 'PM5002', hint: 'never tried: psp/d' }]);
  });

  test('the gateway has the clusters of the chain and no others', () => {
    const { ir } = compileMesh(documents(['psp/a']));
    expect(proxy(ir, 'edge').clusters.map(({ name }) => name)).toEqual(['pay/payments', 'psp/a']);
  });
});
