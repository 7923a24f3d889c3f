import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '@paymesh/common/policy';
import { assert, property, subarray } from 'fast-check';

import type { ListenerIr, ProxyIr } from '../ir/index.ts';
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

const get = [{ method: 'GET', path: { kind: 'prefix', value: '/' } }] as const;

/** Any part of these is a set of documents, with references that lead nowhere. */
const documents: readonly PolicyDocument[] = base(
  route('pay/x', 'pay/payments', { parent: 'edge' }),
  route('pay/y', 'pay/payments'),
  route('pay/get', 'pay/orders', { match: get, parent: 'edge' }),
  service('psp/a'),
  service('psp/payments'),
  instance('psp/a-1', 'psp/a', 30_000, ['r', 'b']),
  instance('psp/a-2', 'psp/a', 31_000, ['s', 'a']),
  failover('pay/f1', 'pay/x', ['pay/payments', 'psp/a', 'psp/payments']),
  failover('pay/f2', 'pay/get', ['pay/orders', 'psp/a']),
  retry('pay/r1', target('Service', 'pay/payments'), ALL),
  retry('pay/r2', target('Route', 'pay/get'), ALL),
  signing('pay/s1', target('Service', 'pay/payments'), 'Enforce'),
  signing('pay/s2', target('Route', 'pay/get'), 'Shadow'),
  connect('pay/t1', target('Route', 'pay/x'), 900),
);

function always(check: (proxy: ProxyIr) => void): void {
  assert(
    property(subarray([...documents]), (some) => {
      for (const proxy of Object.values(compileMesh(some).ir.proxies)) check(proxy);
    }),
  );
}

const routesOf = ({ virtualHosts }: ListenerIr) => virtualHosts.flatMap(({ routes }) => routes);

describe('for any part of a mesh', () => {
  test('a proxy has every cluster that it names, each once', () => {
    always(({ listeners, clusters }) => {
      const names = clusters.map(({ name }) => name);
      const used = listeners.flatMap((listener) => [
        ...routesOf(listener).flatMap((one) => one.clusters),
        ...[listener.extAuthz, listener.rateLimiter].flatMap((one) =>
          one === undefined ? [] : [one.cluster],
        ),
      ]);
      expect(names).toEqual(expect.arrayContaining(used));
      expect(new Set(names).size).toBe(names.length);
    });
  });

  test('writes and failovers repeat only what was not sent', () => {
    always(({ listeners }) => {
      for (const one of listeners.flatMap(routesOf)) {
        if (one.match.method === 'GET' && one.clusters.length === 1) continue;
        expect(SAFE).toEqual(expect.arrayContaining([...(one.retry?.on ?? [])]));
      }
    });
  });

  test('only callers retry, and a signature is checked only at a listener with ext-authz', () => {
    always(({ listeners }) => {
      for (const listener of listeners) {
        const routes = routesOf(listener);
        if (listener.direction === 'inbound') expect(routes.filter((one) => one.retry)).toEqual([]);
        if (listener.direction === 'outbound') expect(routes.filter((one) => one.signing)).toEqual([]);
        expect(routes.some((one) => one.signing)).toBe(listener.extAuthz !== undefined);
      }
    });
  });

  test('a listener has each domain once and each route name once in a virtual host', () => {
    always(({ listeners }) => {
      for (const { virtualHosts } of listeners) {
        const domains = virtualHosts.flatMap((host) => host.domains);
        expect(new Set(domains).size).toBe(domains.length);
        for (const { routes } of virtualHosts) {
          expect(new Set(routes.map(({ name }) => name)).size).toBe(routes.length);
        }
      }
    });
  });

  test('priorities have no gaps', () => {
    always(({ clusters }) => {
      for (const { endpoints } of clusters) {
        const priorities = [...new Set(endpoints.map(({ priority }) => priority))];
        expect(priorities).toEqual(priorities.map((_, index) => index));
      }
    });
  });
});
