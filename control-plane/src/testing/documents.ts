import type { DocumentOf, PolicyDocument, RetryCondition } from '@paymesh/common/policy';

import { fixture } from './fixture.ts';

/** The conditions that no upstream can have seen a request under. */
export const SAFE: readonly RetryCondition[] = ['connect-failure', 'refused-stream', 'reset-before-request'];
/** Every condition. */
export const ALL: readonly RetryCondition[] = [...SAFE, 'reset', 'gateway-error', '5xx'];
const ENFORCE = { mode: 'Enforce', priority: 0 } as const;

const ref = (id: string) => {
  const [namespace = '', name = ''] = id.split('/');
  return { namespace, name };
};

/** A Service, with a health check where a path is given. */
export const service = (id: string, healthPath?: string) =>
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

/** One instance: program on `port`, inbound `port + 1`, outbound `port + 2`. */
export const instance = (
  id: string,
  of: string,
  port: number,
  [region = '', zone = '']: string[] = ['r', 'a'],
) =>
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

/** A gateway named `edge`. */
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

/** A Route of POST on `/ID`, unless said otherwise. */
export const route = (id: string, of: string, rest: Partial<DocumentOf<'Route'>['spec']> = {}) =>
  fixture({
    kind: 'Route',
    id,
    spec: {
      service: ref(of),
      match: [{ method: 'POST', path: { kind: 'exact', value: `/${id}` } }],
      ...rest,
    },
  });

/** A list of one target. */
export const target = (kind: 'Service' | 'Route', id: string) => [{ kind, ...ref(id) }];

/** Two attempts under these conditions. */
export const retry = (
  id: string,
  targetRefs: ReturnType<typeof target>,
  retryOn: readonly RetryCondition[],
) =>
  fixture({
    kind: 'RetryPolicy',
    id,
    spec: { ...ENFORCE, targetRefs, attempts: 2, retryOn, backoff: { baseMs: 10, maxMs: 100 } },
    typed: ['spec.attempts', 'spec.retryOn'],
  });

/** A SigningPolicy in this mode. */
export const signing = (
  id: string,
  targetRefs: ReturnType<typeof target>,
  mode: 'Enforce' | 'Shadow' | 'Off',
) =>
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
      replay: {
        windowMs: 300_000,
        skewMs: 30_000,
        nonceStore: 'embedded',
        onStoreDown: 'Deny',
        minNonce: 16,
      },
      maxBodyBytes: 65_536,
      denial: 'Problem',
    },
  });

/** A FailoverPolicy on one Route. */
export const failover = (id: string, routeId: string, order: readonly string[]) =>
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

/** A TimeoutPolicy that gives only the connect timeout. */
export const connect = (id: string, targetRefs: ReturnType<typeof target>, connectMs: number) =>
  fixture({
    kind: 'TimeoutPolicy',
    id,
    spec: { ...ENFORCE, targetRefs, connectMs },
    typed: ['spec.connect'],
  });

/** payments and orders with an instance each, and a gateway. */
export function base(...more: PolicyDocument[]): PolicyDocument[] {
  return [
    service('pay/payments', '/healthz'),
    service('pay/orders'),
    instance('pay/payments-1', 'pay/payments', 22_010),
    instance('pay/orders-1', 'pay/orders', 21_010),
    gateway('pay/edge'),
    ...more,
  ];
}
