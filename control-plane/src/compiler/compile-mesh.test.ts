import { describe, expect, test } from '@jest/globals';
import type { DocumentOf, PolicyDocument, RetryCondition } from '@paymesh/common/policy';
import { assert, property, shuffledSubarray } from 'fast-check';

import type { ListenerIr, MeshIr, ProxyIr, RouteIr } from '../ir/index.ts';
import { fixture } from '../testing/index.ts';
import { compileMesh } from './compile-mesh.ts';

const SAFE: readonly RetryCondition[] = ['connect-failure', 'refused-stream', 'reset-before-request'];
const ALL: readonly RetryCondition[] = [...SAFE, 'reset', 'gateway-error', '5xx'];
const ENFORCE = { mode: 'Enforce', priority: 0 } as const;

const ref = (id: string) => {
  const [namespace = '', name = ''] = id.split('/');
  return { namespace, name };
};

const service = (id: string, healthPath?: string) =>
  fixture({
    kind: 'Service',
    id,
    spec: {
      protocol: 'http',
      owners: [],
      ...(healthPath === undefined
        ? {}
        : {
            healthCheck: {
              path: healthPath,
              intervalMs: 1_000,
              timeoutMs: 500,
              unhealthyThreshold: 2,
              healthyThreshold: 1,
            },
          }),
    },
  });

const instance = (id: string, of: string, port: number, [region = '', zone = '']: string[] = ['r', 'a']) =>
  fixture({
    kind: 'Workload',
    id,
    spec: {
      kind: 'instance',
      address: '10.0.0.1',
      adminPort: port + 3,
      locality: { region, zone },
      metadata: {},
      port,
      proxy: { inbound: port + 1, outbound: port + 2 },
      service: ref(of),
      weight: 1,
    },
  });

const gateway = (id: string) =>
  fixture({
    kind: 'Workload',
    id,
    spec: {
      kind: 'gateway',
      address: '10.0.0.9',
      adminPort: 10_001,
      gateway: 'edge',
      locality: { region: 'r', zone: 'a' },
      port: 10_000,
    },
  });

const route = (id: string, of: string, rest: Partial<DocumentOf<'Route'>['spec']> = {}) =>
  fixture({
    kind: 'Route',
    id,
    spec: {
      service: ref(of),
      match: [{ method: 'POST', path: { kind: 'exact', value: `/${id}` } }],
      sensitive: [],
      ...rest,
    },
  });

const target = (kind: 'Service' | 'Route', id: string) => [{ kind, ...ref(id) }];

const retry = (id: string, targetRefs: ReturnType<typeof target>, retryOn: readonly RetryCondition[]) =>
  fixture({
    kind: 'RetryPolicy',
    id,
    spec: { ...ENFORCE, targetRefs, attempts: 2, retryOn, backoff: { baseMs: 10, maxMs: 100 } },
    typed: ['spec.attempts', 'spec.retryOn'],
  });

const signing = (id: string, targetRefs: ReturnType<typeof target>, mode: 'Enforce' | 'Shadow' | 'Off') =>
  fixture({
    kind: 'SigningPolicy',
    id,
    spec: {
      targetRefs,
      mode,
      priority: 0,
      verify: {
        scheme: 'hmac-sha256',
        keys: { keySet: ref('pay/merchants'), idHeader: 'x-key-id' },
        timestampHeader: 'x-timestamp',
        nonceHeader: 'x-nonce',
        signatureHeader: 'x-signature',
        cover: ['method', 'path', 'query', 'bodyDigest'],
      },
      replay: { windowMs: 300_000, skewMs: 30_000, nonceStore: 'embedded', onStoreDown: 'Deny' },
      maxBodyBytes: 65_536,
    },
  });

const failover = (id: string, routeId: string, order: readonly string[]) =>
  fixture({
    kind: 'FailoverPolicy',
    id,
    spec: {
      ...ENFORCE,
      targetRefs: target('Route', routeId),
      order: order.map(ref),
      onlyIf: 'request-not-sent',
    },
    typed: ['spec.order', 'spec.onlyIf'],
  });

const connect = (id: string, targetRefs: ReturnType<typeof target>, connectMs: number) =>
  fixture({
    kind: 'TimeoutPolicy',
    id,
    spec: { ...ENFORCE, targetRefs, connectMs },
    typed: ['spec.connect'],
  });

function base(...more: PolicyDocument[]): PolicyDocument[] {
  return [
    service('pay/payments', '/healthz'),
    service('pay/orders'),
    instance('pay/payments-1', 'pay/payments', 22_010),
    instance('pay/orders-1', 'pay/orders', 21_010),
    gateway('pay/edge'),
    ...more,
  ];
}

function proxy(ir: MeshIr, node: string): ProxyIr {
  const found = ir.proxies[node];
  if (found === undefined) throw new Error(`no proxy ${node} among ${Object.keys(ir.proxies).join()}`);
  return found;
}

function listener(ir: MeshIr, node: string, direction: ListenerIr['direction']): ListenerIr {
  const found = proxy(ir, node).listeners.find((one) => one.direction === direction);
  if (found === undefined) throw new Error(`no ${direction} at ${node}`);
  return found;
}

function routeAt(ir: MeshIr, node: string, direction: ListenerIr['direction'], name: string): RouteIr {
  const routes = listener(ir, node, direction).virtualHosts.flatMap((host) => host.routes);
  const found = routes.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name} among ${routes.map((one) => one.name).join()}`);
  return found;
}

function cluster(ir: MeshIr, node: string, name: string) {
  return proxy(ir, node).clusters.find((one) => one.name === name);
}

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

describe('failover', () => {
  const documents = (order: readonly string[], ...more: PolicyDocument[]) =>
    base(
      route('pay/x', 'pay/payments', {
        idempotency: { key: { kind: 'header', name: 'k' }, required: true },
        parent: 'edge',
      }),
      ...order.map((id) => service(id)),
      failover('pay/f', 'pay/x', ['pay/payments', ...order]),
      retry('pay/r', target('Route', 'pay/x'), ALL),
      ...more,
    );

  test('another provider is tried only after what was not sent, whatever the route declares', () => {
    const found = routeAt(compileMesh(documents(['psp/a'])).ir, 'orders-1', 'outbound', 'pay/x#0');
    expect(found).toMatchObject({ clusters: ['pay/payments', 'psp/a'], retry: { attempts: 2, on: SAFE } });
  });

  test('the budget of a service that is left lets all its requests go', () => {
    const { ir } = compileMesh(documents(['psp/a']));
    const breaker = { maxRequests: 8_192, retryMinConcurrency: 8_192 };
    expect(cluster(ir, 'edge', 'pay/payments')?.breaker).toMatchObject(breaker);
    expect(cluster(ir, 'edge', 'pay/payments')?.provenance['breaker.retryMinConcurrency']).toBe(
      'pay/f.yaml:2:1',
    );
    expect(cluster(ir, 'edge', 'psp/a')?.breaker.retryMinConcurrency).toBe(3);
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
