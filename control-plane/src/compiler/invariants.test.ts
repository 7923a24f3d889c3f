import { describe, expect, test } from '@jest/globals';
import type { PolicyDocument } from '@paymesh/common/policy';
import { assert, property, subarray } from 'fast-check';

import type { ListenerIr, ProxyIr } from '../ir/index.ts';
import {
  ALL,
  base,
  connect,
  failover,
  fixture,
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
  signing('pay/s3', target('Route', 'pay/y'), 'Shadow'),
  signing('pay/s4', target('Route', 'pay/y'), 'Off'),
  access('pay/a1', target('Service', 'pay/payments'), 'Enforce'),
  access('pay/a2', target('Route', 'pay/y'), 'Shadow'),
  limit('pay/l1', target('Service', 'pay/payments')),
  limit('pay/l2', target('Route', 'pay/y')),
  many('pay/r3', target('Route', 'pay/y')),
  connect('pay/t1', target('Route', 'pay/x'), 900),
);

/** One that Envoy cannot judge alone. */
function access(
  id: string,
  targetRefs: ReturnType<typeof target>,
  mode: 'Enforce' | 'Shadow',
): PolicyDocument {
  const rule = { name: 'all', methods: [], paths: [], sources: [], peers: [], claims: [], headers: [] };
  return fixture({
    kind: 'AccessPolicy',
    id,
    spec: {
      targetRefs,
      mode,
      priority: 0,
      identity: { mtls: 'Optional' },
      rules: [{ ...rule, action: 'Allow', principals: ['m'] }],
    },
  });
}

function limit(id: string, targetRefs: ReturnType<typeof target>): PolicyDocument {
  return fixture({
    kind: 'RateLimitPolicy',
    id,
    spec: {
      targetRefs,
      mode: 'Enforce',
      priority: 0,
      limits: [
        {
          name: 'a',
          per: [],
          measure: { algorithm: 'Fixed', rate: { requests: 1, unit: 'second', every: 1 } },
          consume: 'Always',
          overrides: [],
        },
      ],
      onLimited: { status: 429, retryAfter: true, headers: 'draft' },
      onStoreDown: { fallback: 'Open', factor: 1 },
    },
  });
}

/** More tries than any override allows. */
function many(id: string, targetRefs: ReturnType<typeof target>): PolicyDocument {
  const { spec } = retry(id, targetRefs, SAFE);
  return fixture({ kind: 'RetryPolicy', id, spec: { ...spec, attempts: 10 }, typed: ['spec.attempts'] });
}

function always(check: (proxy: ProxyIr, some: readonly PolicyDocument[]) => void): void {
  assert(
    property(subarray([...documents]), (some) => {
      for (const proxy of Object.values(compileMesh(some).ir.proxies)) check(proxy, some);
    }),
  );
}

const has = (some: readonly PolicyDocument[], name: string) =>
  some.some(({ metadata }) => metadata.name === name);

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
        const isChecked = routes.some(
          ({ signing: one, access: other }) => one !== undefined || other !== undefined,
        );
        expect(isChecked).toBe(listener.extAuthz !== undefined);
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

  test('nobody tries more often than the built-in override allows', () => {
    always(({ listeners }) => {
      const tries = listeners.flatMap(routesOf).map(({ retry: one }) => one?.attempts ?? 0);
      expect(Math.max(0, ...tries)).toBeLessThanOrEqual(3);
    });
  });

  test('no policy in shadow, switched off or deeper takes a signature away', () => {
    always(({ node, listeners }, some) => {
      if (node !== 'payments-1' || !has(some, 's1')) return;
      const inbound = listeners.filter(({ direction }) => direction === 'inbound').flatMap(routesOf);
      const unsigned = inbound.filter(({ signing: one }) => one === undefined || one.isShadow);
      // Checked at the gateway instead, or asked by the proxies themselves.
      expect(
        unsigned.map(({ name }) => name).filter((name) => !/^(?:pay\/x#0|health-check)$/.test(name)),
      ).toEqual([]);
    });
  });

  test('no policy in shadow takes the access of a service away', () => {
    always(({ node, listeners }, some) => {
      if (node !== 'payments-1' || !has(some, 'a1')) return;
      const inbound = listeners.filter(({ direction }) => direction === 'inbound').flatMap(routesOf);
      const open = inbound.filter(({ access: one }) => one?.checked.includes('pay/a1') !== true);
      expect(
        open.map(({ name }) => name).filter((name) => !/^(?:pay\/x#0|health-check)$/.test(name)),
      ).toEqual([]);
    });
  });

  test('limits of a service and of its route add up', () => {
    always(({ node, listeners }, some) => {
      if (node !== 'payments-1' || !has(some, 'y')) return;
      const inbound = listeners.filter(({ direction }) => direction === 'inbound').flatMap(routesOf);
      const limits = inbound.find(({ name }) => name === 'pay/y#0')?.rateLimits.map(({ policy }) => policy);
      expect(limits).toEqual(['l1', 'l2'].filter((name) => has(some, name)).map((name) => `pay/${name}`));
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
