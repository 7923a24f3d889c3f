import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { RateLimitResponse_Code } from '@paymesh/common/envoy-ratelimit';
import { eventually, freePort } from '@paymesh/common/testing';

import type { ClusterIr, RateLimitIr, RouteIr, SigningIr } from '../ir/index.ts';
import {
  ALLOW,
  type Answer,
  allowWith,
  call,
  clusterOf,
  deny,
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

const signing: SigningIr = { policy: 'pay/signed', isShadow: false, maxBodyBytes: 64 };

const MIB = 1_048_576;

const limit = (more: Partial<RateLimitIr> = {}): RateLimitIr => ({
  policy: 'pay/limits',
  limit: 'burst',
  entries: [
    { kind: 'fixed', key: 'policy', value: 'pay/limits' },
    { kind: 'fixed', key: 'limit', value: 'burst' },
    { kind: 'header', key: 'principal', header: 'x-paymesh-principal' },
  ],
  onUnavailable: 'allow',
  status: 429,
  retryAfter: true,
  headers: 'draft',
  ...more,
});

const http2: Partial<ClusterIr> = { protocol: 'http2', discovery: 'static' };

interface Edge {
  readonly envoy: RunningEnvoy;
  send(path: string, headers?: Record<string, string>, body?: string): Promise<Answer>;
}

/** A gateway whose policy services are on this port. */
async function startEdge(upstream: Upstream, services: number): Promise<Edge> {
  const [port, admin] = [await freePort(), await freePort()];
  const route = (path: string, more: Partial<RouteIr> = {}) =>
    routeOf({
      name: `pay${path}#0`,
      match: { path: { kind: 'exact', value: path } },
      clusters: ['pay/payments'],
      ...more,
    });
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
            routes: [
              route('/open'),
              route('/signed', { signing }),
              route('/shadow', { signing: { ...signing, isShadow: true } }),
              route('/shadow-large', { signing: { ...signing, isShadow: true, maxBodyBytes: 3 * MIB } }),
              route('/both', { signing, rateLimits: [limit()] }),
              route('/guarded', {
                signing,
                guard: { policy: 'pay/limits', isShadow: false, requests: 1, perSeconds: 3_600, burst: 2 },
              }),
              route('/guarded-in-shadow', {
                guard: { policy: 'pay/limits', isShadow: true, requests: 1, perSeconds: 3_600, burst: 1 },
              }),
              route('/limited-open', { rateLimits: [limit({ entries: limit().entries.slice(0, 2) })] }),
              route('/limited-closed', {
                rateLimits: [limit({ entries: limit().entries.slice(0, 2), onUnavailable: 'deny' })],
              }),
              route('/limited-quietly', {
                rateLimits: [
                  limit({
                    entries: limit().entries.slice(0, 2),
                    status: 503,
                    retryAfter: false,
                    headers: 'none',
                  }),
                ],
              }),
            ],
          },
        ],
        extAuthz: { cluster: 'paymesh/ext-authz', timeoutMs: 300 },
        rateLimiter: { cluster: 'paymesh/rate-limiter', timeoutMs: 300 },
      },
    ],
    [
      clusterOf('pay/payments', [upstream.port]),
      clusterOf('paymesh/ext-authz', [services], http2),
      clusterOf('paymesh/rate-limiter', [services], http2),
    ],
  );
  const envoy = await runMesh(binary, ir, admin);
  return { envoy, send: (path, headers = {}, body = '{}') => call({ port, path, headers, body }) };
}

const problem = ({ text }: Answer): unknown => JSON.parse(text);

(binary === '' ? describe.skip : describe)('policies in a real Envoy (needs envoy)', () => {
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
    services.answerLimits(RateLimitResponse_Code.OK);
    services.checks.length = 0;
    services.limits.length = 0;
  });

  afterAll(async () => {
    await edge?.envoy.stop();
    await services?.stop();
    await upstream?.die();
  });

  test('an open route asks nobody', async () => {
    expect(await edge.send('/open')).toMatchObject({ status: 200, text: 'payments' });
    expect([services.checks.length, services.limits.length]).toEqual([0, 0]);
  });

  test('a signed route is checked with its policy, raw headers and raw body', async () => {
    expect(await edge.send('/signed?b=2&a=1', { 'x-key-id': 'k' }, 'körper')).toMatchObject({ status: 200 });
    const attributes = services.checks[0]?.attributes;
    expect(attributes?.contextExtensions).toEqual({ policy: 'pay/signed', route: 'pay/signed' });
    const http = attributes?.request?.http;
    expect(http?.path).toBe('/signed?b=2&a=1');
    expect(Buffer.from(http?.rawBody ?? []).toString()).toBe('körper');
    expect(http?.headerMap?.headers.find(({ key }) => key === 'x-key-id')?.rawValue).toEqual(
      new Uint8Array(Buffer.from('k')),
    );
  });

  test('the check may set x-paymesh-* and nothing else', async () => {
    await edge.send('/signed');
    expect(upstream.seen[0]?.headers).toMatchObject({ 'x-paymesh-principal': 'merchant-a' });
    expect(upstream.seen[0]?.headers).not.toHaveProperty('x-smuggled');
  });

  test.each([
    [':path', '/open'],
    [':method', 'GET'],
    [':authority', 'evil.example'],
    [':scheme', 'https'],
    ['host', 'evil.example'],
    ['x-envoy-original-path', '/open'],
    ['content-length', '0'],
    ['authorization', 'Bearer forged'],
  ])('the check cannot set %s, nor have the route chosen again', async (name, value) => {
    services.answerChecks(allowWith({ set: [[name, value]] }));
    expect(await edge.send('/signed', {}, 'whole')).toMatchObject({ status: 200 });
    expect(upstream.seen).toEqual([
      expect.objectContaining({ method: 'POST', url: '/signed', body: 'whole' }),
    ]);
    expect(upstream.seen[0]?.headers[name]).not.toBe(value);
  });

  test('the check can take nothing away that says where a request goes', async () => {
    const pseudo = [':path', ':method', ':authority', 'host', ':scheme', 'content-length'];
    services.answerChecks(allowWith({ remove: pseudo }));
    expect(await edge.send('/signed', {}, 'whole')).toMatchObject({ status: 200 });
    expect(upstream.seen).toEqual([
      expect.objectContaining({ method: 'POST', url: '/signed', body: 'whole' }),
    ]);
  });

  // No rule of Envoy's covers it; ext-authz has no code that writes these fields.
  test('the query is all of the target that Envoy lets the check change', async () => {
    services.answerChecks(allowWith({ query: [['a', '9']] }));
    expect(await edge.send('/signed?a=1', {}, 'whole')).toMatchObject({ status: 200 });
    expect(upstream.seen[0]?.url).toBe('/signed?a=9');
  });

  test('clients cannot speak as the mesh', async () => {
    await edge.send('/open', {
      'x-paymesh-principal': 'merchant-b',
      'x-paymesh-key-id': 'k',
      'x-paymesh-resend': 'true',
      'x-envoy-attempt-count': '9',
      'x-envoy-external-address': '10.0.0.1',
      'x-envoy-retry-on': '5xx',
      'x-envoy-max-retries': '3',
      'x-envoy-auth-partial-body': 'false',
      'x-paymesh-not-sent': 'true',
      'x-envoy-fault-abort-request': '503',
      'x-envoy-fault-delay-request': '3000',
      'x-envoy-original-dst-host': '10.0.0.1:80',
      'x-envoy-peer-metadata': 'e30=',
      'x-envoy-ratelimited': 'true',
    });
    const names = Object.keys(upstream.seen[0]?.headers ?? {}).filter((name) =>
      /^x-(paymesh|envoy)-/.test(name),
    );
    // What is left was written by Envoy.
    expect(names.toSorted()).toEqual([
      'x-envoy-attempt-count',
      'x-envoy-expected-rq-timeout-ms',
      'x-envoy-external-address',
    ]);
    expect(upstream.seen[0]?.headers).toMatchObject({
      'x-envoy-attempt-count': '1',
      'x-envoy-external-address': '127.0.0.1',
    });
  });

  test('a client cannot choose the request id', async () => {
    const answer = await edge.send('/open', { 'x-request-id': 'mine' });
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(upstream.seen[0]?.headers['x-request-id']).toBe(answer.headers['x-request-id']);
  });

  test.each([401, 409, 503] as const)('a denial with %i keeps the words of ext-authz', async (status) => {
    services.answerChecks(deny(status, 'because'));
    const answer = await edge.send('/signed');
    expect(answer.status).toBe(status);
    expect(problem(answer)).toEqual({ code: 'because' });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(upstream.seen).toHaveLength(0);
  });

  test('a body over the limit of its route is refused without a check', async () => {
    const answer = await edge.send('/signed', {}, 'x'.repeat(65));
    expect(answer.status).toBe(413);
    expect(problem(answer)).toMatchObject({ code: 'body_too_large' });
    expect([services.checks.length, upstream.seen.length]).toEqual([0, 0]);
  });

  test('a shadow check denies nothing and is written down', async () => {
    services.answerChecks(deny(401, 'bad_signature'));
    expect(await edge.send('/shadow', { 'user-agent': 'shadow' })).toMatchObject({ status: 200 });
    expect(services.checks).toHaveLength(1);
    await eventually(() => {
      const line = edge.envoy
        .stdout()
        .split('\n')
        .find((text) => text.includes('"route":"pay/shadow#0"'));
      expect(JSON.parse(line ?? '{}')).toMatchObject({
        shadow: { check_result: 'DENIED', status_code: 401 },
      });
    });
  });

  test('nor does it refuse a body that an enforced check would', async () => {
    services.answerChecks(deny(413, 'body_too_large'));
    expect(await edge.send('/shadow', {}, 'x'.repeat(200))).toMatchObject({ status: 200 });
    expect(upstream.seen[0]?.body).toHaveLength(200);
    expect(services.checks[0]?.attributes?.request?.http).toMatchObject({ size: 200n });
  });

  test('nor one that is larger than what Envoy holds of a request by itself', async () => {
    const answer = await edge.send('/shadow-large', {}, 'x'.repeat(2 * MIB));
    expect(answer).toMatchObject({ status: 200 });
    expect(upstream.seen[0]?.body).toHaveLength(2 * MIB);
    expect(services.checks[0]?.attributes?.request?.http?.rawBody).toHaveLength(2 * MIB);
  });

  test('limits count by the principal that the check set, not by a forged one', async () => {
    await edge.send('/both', { 'x-paymesh-principal': 'merchant-b' });
    expect(services.limits[0]).toMatchObject({ domain: 'paymesh' });
    expect(
      services.limits[0]?.descriptors.map(({ entries }) => entries.map(({ key, value }) => [key, value])),
    ).toEqual([
      [
        ['policy', 'pay/limits'],
        ['limit', 'burst'],
        ['principal', 'merchant-a'],
      ],
    ]);
  });

  test('a guard refuses before anything is asked, and leaves other routes alone', async () => {
    const answers = [await edge.send('/guarded'), await edge.send('/guarded'), await edge.send('/guarded')];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(problem(answers[2] as Answer)).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(Object.keys(answers[2]?.headers ?? {}).filter((name) => /ratelimit/.test(name))).toEqual([]);
    expect(services.checks).toHaveLength(2);
    expect(await edge.send('/signed')).toMatchObject({ status: 200 });
  });

  test('a guard in shadow refuses nothing', async () => {
    for (let count = 0; count < 3; count += 1) {
      expect(await edge.send('/guarded-in-shadow')).toMatchObject({ status: 200 });
    }
  });

  test('over the limit', async () => {
    services.answerLimits(RateLimitResponse_Code.OVER_LIMIT);
    const answer = await edge.send('/limited-open');
    expect(answer.status).toBe(429);
    expect(problem(answer)).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(answer.headers).toMatchObject({ 'retry-after': '7', 'x-ratelimit-remaining': '0' });
  });

  test('over the limit, said in an unusual way', async () => {
    services.answerLimits(RateLimitResponse_Code.OVER_LIMIT);
    const answer = await edge.send('/limited-quietly');
    expect(answer.status).toBe(503);
    expect(problem(answer)).toMatchObject({ code: 'rate_limited' });
    expect(Object.keys(answer.headers).filter((name) => /ratelimit-|retry-after/.test(name))).toEqual([]);
  });

  test('answers of the upstream stay as they are; no route is a problem with the request id', async () => {
    await upstream.behave({ kind: 'answer', status: 503 });
    expect(await edge.send('/open')).toMatchObject({ status: 503, text: 'payments' });
    const answer = await edge.send('/nowhere');
    expect(answer.status).toBe(404);
    expect(problem(answer)).toEqual({
      code: 'no_route',
      request_id: answer.headers['x-request-id'],
      status: 404,
      title: 'No such route',
      type: 'about:blank',
    });
  });

  test.each(['/a%2fsigned', '/open%5c'])('refuses %s, whose slash policies would not see', async (path) => {
    expect(await edge.send(path)).toMatchObject({ status: 400 });
  });

  test('every request is a line on stdout, with what decided it', async () => {
    services.answerChecks(deny(401, 'bad_signature'));
    const { headers } = await edge.send('/signed?card=4111111111111111');
    const id = String(headers['x-request-id']);
    const line = await eventually(() => {
      const found = edge.envoy
        .stdout()
        .split('\n')
        .find((text) => text.includes(id));
      if (found === undefined) throw new Error('not yet written');
      return found;
    });
    expect(JSON.parse(line)).toMatchObject({
      listener: 'gateway',
      route: 'pay/signed#0',
      path: '/signed',
      status: 401,
      flags: 'UAEX',
      decision: 'deny',
      reason: 'bad_signature',
    });
    expect(line).not.toContain('4111111111111111');
  });
});

(binary === '' ? describe.skip : describe)('policy services gone, in a real Envoy (needs envoy)', () => {
  let upstream: Upstream;
  let edge: Edge;

  beforeAll(async () => {
    upstream = await startUpstream('payments');
    edge = await startEdge(upstream, await freePort());
  }, 30_000);

  afterAll(async () => {
    await edge?.envoy.stop();
    await upstream?.die();
  });

  test.each([
    ['/signed', 503, 'authz_unavailable'],
    ['/limited-closed', 503, 'limiter_unavailable'],
  ])('%s is %i %s', async (path, status, code) => {
    const answer = await edge.send(path);
    expect(answer.status).toBe(status);
    expect(problem(answer)).toMatchObject({ code, status, request_id: answer.headers['x-request-id'] });
    expect(upstream.seen).toHaveLength(0);
  });

  test.each(['/open', '/limited-open', '/shadow'])('%s goes on', async (path) => {
    expect(await edge.send(path)).toMatchObject({ status: 200, text: 'payments' });
  });
});
