import { connect } from 'node:http2';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { freePort } from '@paymesh/common/testing';

import type { ClusterIr } from '../ir/index.ts';

import {
  type Answer,
  call,
  clusterOf,
  meshOf,
  type RunningEnvoy,
  retryOf,
  routeOf,
  runMesh,
  SAFE,
  startUpstream,
  type Upstream,
} from '../snapshot/testing/index.ts';

const binary = findEnvoy(process.env) ?? '';

(binary === '' ? describe.skip : describe)('failover in a real Envoy (needs envoy)', () => {
  let a: Upstream;
  let b: Upstream;
  let envoy: RunningEnvoy;
  let outbound: number;

  const pay = (service: string, headers: Record<string, string> = {}): Promise<Answer> =>
    call({ port: outbound, path: '/pay', headers: { host: `${service}.psp.mesh`, ...headers } });

  beforeAll(async () => {
    a = await startUpstream('a');
    b = await startUpstream('b');
    outbound = await freePort();
    const inbound = await freePort();
    const admin = await freePort();
    const host = (service: string, route: Omit<Parameters<typeof routeOf>[0], 'name'>) => ({
      name: `psp/${service}`,
      domains: [`${service}.psp.mesh`],
      routes: [routeOf({ name: `psp/${service}#0`, ...route })],
    });
    const ir = meshOf(
      [
        {
          direction: 'outbound',
          address: '127.0.0.1',
          port: outbound,
          virtualHosts: [
            host('a', { clusters: ['psp/a', 'psp/b'], retry: retryOf(1), timeoutMs: 500 }),
            host('dead', { clusters: ['psp/dead', 'psp/b'], retry: retryOf(1) }),
            host('all-dead', { clusters: ['psp/dead', 'psp/dead-too'], retry: retryOf(1) }),
            host('direct', { clusters: ['psp/direct'], retry: retryOf(2, [...SAFE, 'reset']) }),
            host('zones', { clusters: ['psp/zones'], retry: retryOf(1) }),
            host('half-dead', { clusters: ['psp/half-dead', 'psp/b'], retry: retryOf(2) }),
          ],
        },
        {
          direction: 'inbound',
          address: '127.0.0.1',
          port: inbound,
          virtualHosts: [
            { name: 'inbound', domains: ['*'], routes: [routeOf({ name: 'all', clusters: ['local'] })] },
          ],
        },
      ],
      [
        clusterOf('psp/a', [inbound]),
        clusterOf('psp/b', [b.port]),
        clusterOf('psp/dead', [await freePort()]),
        clusterOf('psp/dead-too', [await freePort()]),
        clusterOf('psp/direct', [a.port]),
        clusterOf('psp/half-dead', [await freePort(), a.port]),
        inZones(clusterOf('psp/zones', [await freePort(), b.port])),
        clusterOf('local', [a.port], { discovery: 'static' }),
      ],
    );
    envoy = await runMesh(binary, ir, admin);
  }, 30_000);

  beforeEach(async () => {
    await a.behave({ kind: 'answer', status: 200 });
    await b.behave({ kind: 'answer', status: 200 });
  });

  afterAll(async () => {
    await envoy?.stop();
    await Promise.all([a?.die(), b?.die()]);
  });

  test('a provider that refuses connections is followed by the next in the same request', async () => {
    expect(await pay('dead')).toMatchObject({ status: 200, text: 'b' });
    expect(b.seen).toHaveLength(1);
    expect(b.seen[0]).toMatchObject({
      body: '{}',
      headers: { host: 'b.psp.mesh', 'x-envoy-attempt-count': '2' },
    });
  });

  test('a hundred at once follow it, whatever retry budget the first provider has', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => pay('dead')));
    expect(answers.filter(({ status, text }) => status === 200 && text === 'b')).toHaveLength(100);
  });

  test('a provider whose program is gone behind a living proxy is followed too', async () => {
    await a.die();
    expect(await pay('a')).toMatchObject({ status: 200, text: 'b' });
    expect(b.seen).toHaveLength(1);
  });

  test('a client cannot choose the provider', async () => {
    expect(await pay('a', { 'x-envoy-attempt-count': '1' })).toMatchObject({ status: 200, text: 'a' });
    expect(await pay('dead', { 'x-envoy-attempt-count': '7' })).toMatchObject({ status: 200, text: 'b' });
  });

  test.each([
    ['resets after it read the payment', { kind: 'reset' }],
    ['does not answer in time', { kind: 'hang' }],
  ] as const)('a provider that %s is not followed: the outcome is unknown', async (_, behaviour) => {
    await a.behave(behaviour);
    const answer = await pay('a');
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'outcome_unknown', status: 504 });
    expect(answer.headers).not.toHaveProperty('x-paymesh-not-sent');
    expect([a.seen.length, b.seen.length]).toEqual([1, 0]);
  });

  test('an answered 503 is handed on as it is', async () => {
    await a.behave({ kind: 'answer', status: 503 });
    expect(await pay('a')).toMatchObject({ status: 503, text: 'a' });
    expect(b.seen).toHaveLength(0);
  });

  test('a program cannot claim that it was not reached', async () => {
    await a.behave({ kind: 'answer', status: 503, headers: { 'x-paymesh-not-sent': 'true' } });
    const answer = await pay('a');
    expect(answer).toMatchObject({ status: 503, text: 'a' });
    expect(answer.headers).not.toHaveProperty('x-paymesh-not-sent');
    expect(b.seen).toHaveLength(0);
  });

  test('with every provider gone the caller learns that nothing was sent', async () => {
    const answer = await pay('all-dead');
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-paymesh-not-sent': 'true',
    });
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'upstream_unreachable' });
  });

  test('a further try stays with the first provider while it has another instance', async () => {
    for (let round = 0; round < 4; round += 1) {
      expect(await pay('half-dead')).toMatchObject({ status: 200, text: 'a' });
    }
    await a.die();
    expect(await pay('half-dead')).toMatchObject({ status: 200, text: 'b' });
  });

  test('an instance that is alone in its zone is followed by one of the next zone', async () => {
    for (let round = 0; round < 4; round += 1) {
      expect(await pay('zones')).toMatchObject({ status: 200, text: 'b' });
    }
  });

  test('request id and principal reach the program as the caller sent them', async () => {
    await pay('a', { 'x-request-id': 'id-1', 'x-paymesh-principal': 'merchant-a' });
    expect(a.seen[0]?.headers).toMatchObject({
      'x-request-id': 'id-1',
      'x-paymesh-principal': 'merchant-a',
    });
  });

  test('fails over for a caller on HTTP/2', async () => {
    expect(await callHttp2(outbound, 'dead.psp.mesh')).toBe('b');
  });

  test('"not sent" of a later try does not hide that an earlier one was sent', async () => {
    await a.behave({ kind: 'resetAndDie' });
    const answer = await pay('direct');
    expect(a.seen).toHaveLength(1);
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'outcome_unknown' });
    expect(answer.headers).not.toHaveProperty('x-paymesh-not-sent');
  });
});

/** Each instance in a zone of its own, the first nearest. */
function inZones(cluster: ClusterIr): ClusterIr {
  return {
    ...cluster,
    endpoints: cluster.endpoints.map((endpoint, priority) => ({
      ...endpoint,
      zone: `z${priority}`,
      priority,
    })),
  };
}

async function callHttp2(port: number, authority: string): Promise<string> {
  const session = connect(`http://127.0.0.1:${port}`);
  try {
    const stream = session.request({ ':method': 'POST', ':path': '/pay', ':authority': authority });
    stream.end('{}');
    return Buffer.concat(await stream.toArray()).toString();
  } finally {
    session.close();
  }
}
