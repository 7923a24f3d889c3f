import { describe, expect, test } from '@jest/globals';

import type { ListenerIr, ProxyIr, RouteIr } from '../ir/index.ts';
import { translateProxy } from './translate-proxy.ts';

describe('the key of a resource', () => {
  test('stays short when a proxy may call many routes', () => {
    expect(keyOfRoutes(outbound(manyRoutes(1_000))).length).toBeLessThan(500);
  });

  test('is the same for equal routes of another proxy', () => {
    const elsewhere = outbound(manyRoutes(3), { address: '127.0.0.2', port: 2 });
    expect(keyOfRoutes(elsewhere)).toBe(keyOfRoutes(outbound(manyRoutes(3))));
  });

  test.each<[string, ProxyIr]>([
    ['a route', outbound(manyRoutes(2))],
    ['the order of routes', outbound(manyRoutes(3).toReversed())],
    ['a timeout', outbound(manyRoutes(3, { timeoutMs: 1 }))],
    ['a domain', outbound(manyRoutes(3), { virtualHosts: [{ ...host(manyRoutes(3)), domains: ['b'] }] })],
  ])('tells %s apart', (_, other) => {
    expect(keyOfRoutes(other)).not.toBe(keyOfRoutes(outbound(manyRoutes(3))));
  });

  test('does not hang on provenance', () => {
    const moved = manyRoutes(3, { provenance: { timeoutMs: 'a.yaml:9:1' } });
    expect(keyOfRoutes(outbound(moved))).toBe(keyOfRoutes(outbound(manyRoutes(3))));
  });
});

function keyOfRoutes(proxy: ProxyIr): string {
  return translateProxy(proxy).find(({ type }) => type === 'route')?.key ?? '';
}

function outbound(routes: readonly RouteIr[], listener: Partial<ListenerIr> = {}): ProxyIr {
  return {
    node: 'n',
    namespace: 'pay',
    locality: { region: 'r', zone: 'z' },
    listeners: [
      { direction: 'outbound', address: '127.0.0.1', port: 1, virtualHosts: [host(routes)], ...listener },
    ],
    clusters: [],
  };
}

function host(routes: readonly RouteIr[]): ListenerIr['virtualHosts'][number] {
  return { name: 'v', domains: ['a'], routes };
}

function manyRoutes(count: number, rest: Partial<RouteIr> = {}): RouteIr[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `r${index}`,
    match: { path: { kind: 'exact', value: `/${index}` } },
    clusters: ['pay/x'],
    timeoutMs: 5_000,
    idleMs: 30_000,
    rateLimits: [],
    provenance: {},
    ...rest,
  }));
}
