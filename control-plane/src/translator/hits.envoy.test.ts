import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { RateLimitResponse_Code as Code } from '@paymesh/common/envoy-ratelimit';
import { eventually, freePort } from '@paymesh/common/testing';

import type { ClusterIr, RateLimitIr } from '../ir/index.ts';
import {
  ALLOW,
  type Answer,
  call,
  clusterOf,
  meshOf,
  type PolicyServices,
  type RunningEnvoy,
  routeOf,
  runMesh,
  startPolicyServices,
  startUpstream,
  type Upstream,
} from '../snapshot/testing/index.ts';

const binary = findEnvoy(process.env) ?? '';
const http2: Partial<ClusterIr> = { protocol: 'http2', discovery: 'static' };

function limit(name: string, more: Partial<RateLimitIr>): RateLimitIr {
  return {
    policy: 'pay/limits',
    limit: name,
    entries: [
      { kind: 'fixed', key: 'limit', value: name },
      { kind: 'header', key: 'header.x-shop', header: 'x-shop' },
    ],
    onUnavailable: 'allow',
    status: 429,
    retryAfter: true,
    headers: 'draft',
    ...more,
  };
}

const routes = {
  '/amount': limit('amount', {
    cost: { from: { kind: 'body', path: ['amount'] }, max: 5_000, isShadow: false },
    returns: { kind: 'statuses', statuses: [500, 503] },
  }),
  '/tried': limit('tried', {
    cost: { from: { kind: 'header', name: 'x-amount' }, max: 70, isShadow: true },
  }),
  '/held': limit('held', { returns: { kind: 'all' } }),
  '/header': limit('header', { returns: { kind: 'header', name: 'x-refund' } }),
} as const;

interface Edge {
  readonly envoy: RunningEnvoy;
  send(path: keyof typeof routes, body?: string): Promise<Answer>;
}

async function startEdge(upstream: Upstream, services: number): Promise<Edge> {
  const [port, admin] = [await freePort(), await freePort()];
  const ir = meshOf(
    [
      {
        direction: 'gateway',
        address: '127.0.0.1',
        port,
        virtualHosts: [
          {
            name: 'gateway',
            domains: ['*'],
            routes: Object.entries(routes).map(([path, one]) =>
              routeOf({
                name: `pay${path}#0`,
                match: { path: { kind: 'exact', value: path } },
                clusters: ['pay/payments'],
                rateLimits: [one],
              }),
            ),
          },
        ],
        extAuthz: { cluster: 'paymesh/ext-authz', timeoutMs: 1_000 },
        rateLimiter: { cluster: 'paymesh/rate-limiter', timeoutMs: 1_000 },
      },
    ],
    [
      clusterOf('pay/payments', [upstream.port]),
      clusterOf('paymesh/ext-authz', [services], http2),
      clusterOf('paymesh/rate-limiter', [services], http2),
    ],
  );
  const envoy = await runMesh(binary, ir, admin);
  return { envoy, send: (path, body = '{}') => call({ port, path, body, headers: { 'x-shop': 's1' } }) };
}

(binary === '' ? describe.skip : describe)('what limits count in a real Envoy (needs envoy)', () => {
  let upstream: Upstream;
  let services: PolicyServices;
  let edge: Edge;

  beforeAll(async () => {
    upstream = await startUpstream('payments');
    services = await startPolicyServices();
    edge = await startEdge(upstream, services.port);
  }, 30_000);

  beforeEach(async () => {
    await upstream.behave({ kind: 'answer', status: 200 });
    services.answerChecks(ALLOW);
    services.answerLimits(Code.OK);
    services.checks.length = 0;
    services.limits.length = 0;
  });

  afterAll(async () => {
    await edge?.envoy.stop();
    await services?.stop();
    await upstream?.die();
  });

  const hits = () =>
    services.limits.flatMap(({ descriptors }) =>
      descriptors.map(({ hitsAddend, isNegativeHits, entries }) => {
        expect(entries.map(({ value }) => value)).toContain('s1');
        return hitsAddend === undefined ? 1 : Number(hitsAddend) * (isNegativeHits ? -1 : 1);
      }),
    );
  const told = (cost: Record<string, string>) => ({ ...ALLOW, dynamicMetadata: cost });
  /** What is sent after the answer of a request comes before that of the next one on this connection pool. */
  const settled = async (expected: readonly number[]) => {
    await eventually(() => expect(hits()).toEqual(expected));
  };

  test('the amount that ext-authz read is what a request counts', async () => {
    services.answerChecks(told({ 'cost.pay/limits/amount': '1234' }));
    expect(await edge.send('/amount', '{"amount":1234}')).toMatchObject({ status: 200 });
    await settled([1_234]);
    const [check] = services.checks;
    expect(check?.attributes?.contextExtensions).toEqual({
      costs: '[{"limit":"pay/limits/amount","body":["amount"],"max":5000}]',
      route: 'pay/amount',
    });
    expect(Buffer.from(check?.attributes?.request?.http?.rawBody ?? []).toString()).toBe('{"amount":1234}');
  });

  test.each([
    ['other metadata', { policy: 'x' }],
    ['none', {}],
  ])('an amount that was not told counts the most there can be: %s', async (_name, metadata) => {
    services.answerChecks(told(metadata));
    await edge.send('/amount');
    await settled([5_000]);
  });

  test('a limit in shadow has its amount from the check that denies nothing', async () => {
    services.answerChecks(told({ 'cost.pay/limits/tried': '7' }));
    await edge.send('/tried');
    await settled([7]);
  });

  test('what was taken is given back when the answer is out', async () => {
    services.answerLimits(Code.OK, { 'taken.pay/limits/held': '1' });
    await edge.send('/held');
    await settled([1, -1]);
  });

  test('a request that was denied, or not counted, gives nothing back', async () => {
    services.answerLimits(Code.OVER_LIMIT);
    expect(await edge.send('/held')).toMatchObject({ status: 429 });
    services.answerLimits(Code.OK);
    await edge.send('/held');
    services.answerLimits(Code.OK, { 'taken.pay/limits/held': '3' });
    await edge.send('/held');
    await settled([1, 1, 1, -3]);
  });

  test.each([
    [200, [9]],
    [500, [9, -9]],
    [503, [9, -9]],
  ] as const)('all is given back for some statuses: %i', async (status, expected) => {
    services.answerChecks(told({ 'cost.pay/limits/amount': '9' }));
    services.answerLimits(Code.OK, { 'taken.pay/limits/amount': '9' });
    await upstream.behave({ kind: 'answer', status });
    await edge.send('/amount');
    services.answerLimits(Code.OK, { 'taken.pay/limits/held': '2' });
    await edge.send('/held');
    await settled([...expected, 1, -2]);
  });

  test.each([
    ['3', [1, -3]],
    ['40', [1, -5]],
    ['-3', [1]],
    ['1.5', [1]],
    ['x', [1]],
  ] as const)('a header of the answer gives back %s of 5, and no more', async (refund, expected) => {
    services.answerLimits(Code.OK, { 'taken.pay/limits/header': '5' });
    await upstream.behave({ kind: 'answer', status: 200, headers: { 'x-refund': refund } });
    await edge.send('/header');
    services.answerLimits(Code.OK, { 'taken.pay/limits/held': '2' });
    await edge.send('/held');
    await settled([...expected, 1, -2]);
  });
});
