import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';

import { afterEach, describe, expect, test } from '@jest/globals';

import { parseHostPort } from '../config/index.ts';
import { Counter, createRegistry } from '../metrics/index.ts';
import { Secret } from '../secret/index.ts';
import { type AdminCall, type AdminOptions, type AdminServer, startAdminServer } from './index.ts';

const servers: AdminServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: Partial<AdminOptions> = {}): Promise<string> {
  const server = await startAdminServer({
    listen: { host: '127.0.0.1', port: 0 },
    registry: createRegistry('test'),
    isReady: () => true,
    ...options,
  });
  servers.push(server);
  return server.address;
}

describe('startAdminServer', () => {
  test('tells the address as bound', async () => {
    expect(parseHostPort(await start()).port).toBeGreaterThan(0);
  });

  test('is alive before it is ready', async () => {
    const state = { isReady: false };
    const address = await start({ isReady: () => state.isReady });
    const statusOf = async (path: string) => (await fetch(`http://${address}${path}`)).status;
    expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 503]);
    state.isReady = true;
    expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200]);
  });

  test('serves the metrics of the registry, labelled with the service', async () => {
    const registry = createRegistry('ext-authz');
    new Counter({ name: 'paymesh_test_total', help: 'a test', registers: [registry] }).inc(3);
    const response = await fetch(`http://${await start({ registry })}/metrics`);
    expect(response.headers.get('content-type')).toBe(registry.contentType);
    const text = await response.text();
    expect(text).toContain('paymesh_test_total{component="ext-authz"} 3');
    expect(text).toContain('process_cpu_seconds_total');
  });

  test.each<[string, number, unknown, string]>([
    ['/policies', 200, { policies: 2 }, 'a route'],
    ['/policies?verbose', 200, { policies: 2 }, 'a route with a query'],
    ['/later', 200, ['later'], 'a route that answers later'],
    ['/nothing', 200, null, 'a route that has nothing to say'],
    ['/broken', 500, { error: 'no store' }, 'a route that throws'],
    ['/rejected', 500, { error: 'no peer' }, 'a route that rejects'],
    ['/bigint', 500, { error: expect.stringContaining('BigInt') }, 'what JSON cannot say'],
    ['/elsewhere', 404, { error: 'no such path: /elsewhere' }, 'an unknown path'],
    ['/__proto__', 404, { error: 'no such path: /__proto__' }, 'a property of every object'],
    ['/policies/', 404, { error: 'no such path: /policies/' }, 'a slash too many'],
  ])('%s answers %d', async (path, status, body) => {
    const address = await start({
      routes: {
        '/policies': () => ({ policies: 2 }),
        '/later': () => Promise.resolve(['later']),
        '/nothing': () => undefined,
        '/broken': () => {
          throw new Error('no store');
        },
        '/rejected': () => Promise.reject(new Error('no peer')),
        '/bigint': () => 1n,
      },
    });
    const response = await fetch(`http://${address}${path}`);
    expect({ status: response.status, body: await response.json() }).toEqual({ status, body });
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s is refused', async (method) => {
    const response = await fetch(`http://${await start()}/healthz`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
    expect(await response.json()).toEqual({ error: 'only GET is served here' });
  });

  describe('guarded routes', () => {
    const guarded = {
      'GET /limits': ({ query }: AdminCall) => ({ body: { user: query.get('user') } }),
      'PUT /limits': ({ json }: AdminCall) => ({ status: 201, body: json }),
    };
    const JSON_TYPE = { 'content-type': 'application/json' };

    /** Sends any Host, which fetch does not. */
    async function send(
      address: string,
      path: string,
      { method = 'GET', headers = {}, body = '' }: { method?: string; headers?: object; body?: string } = {},
    ): Promise<number> {
      const sent = request(`http://${address}${path}`, { method, headers: { ...headers } });
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode ?? 0;
    }

    test('take a query and JSON', async () => {
      const address = await start({ guarded });
      expect(await (await fetch(`http://${address}/limits?user=a%3Db`)).json()).toEqual({ user: 'a=b' });
      const put = await fetch(`http://${address}/limits`, { method: 'PUT', headers: JSON_TYPE, body: '[1]' });
      expect([put.status, await put.json()]).toEqual([201, [1]]);
    });

    test.each([
      ['what a page may send unasked', { method: 'PUT', body: '1' }, 415],
      ['a name that only leads here', { headers: { host: 'evil.example' } }, 403],
      ['a name that begins like loopback', { headers: { host: '127.0.0.1.evil.example' } }, 403],
      ['localhost', { headers: { host: 'localhost:80' } }, 200],
      ['no JSON', { method: 'PUT', headers: JSON_TYPE, body: '{' }, 400],
      ['too much', { method: 'PUT', headers: JSON_TYPE, body: `"${'x'.repeat(70_000)}"` }, 413],
      ['a method that the path has not', { method: 'DELETE', headers: JSON_TYPE }, 405],
    ])('%s', async (_name, call, status) => {
      expect(await send(await start({ guarded }), '/limits', call)).toBe(status);
    });

    test.each([
      [undefined, 401],
      ['Bearer wrong', 401],
      ['Basic hunter2', 401],
      ['Bearer hunter2', 200],
    ])('with a token %s answers %d', async (authorization, status) => {
      const address = await start({ guarded, token: new Secret(Buffer.from('hunter2')) });
      expect(await send(address, '/limits', { headers: authorization ? { authorization } : {} })).toBe(
        status,
      );
    });

    test('are closed beyond loopback without a token', async () => {
      const address = await start({ guarded, listen: { host: '0.0.0.0', port: 0 } });
      const port = address.split(':')[1];
      expect(await send(`127.0.0.1:${port}`, '/limits')).toBe(403);
    });
  });

  test('a port that is taken is told with its address', async () => {
    const address = await start();
    const listen = parseHostPort(address);
    await expect(start({ listen })).rejects.toThrow(
      `cannot listen on ${address}: another program holds the port`,
    );
  });

  test('a port that is taken gives way to a free one when any will do', async () => {
    const taken = await start();
    const address = await start({ listen: { ...parseHostPort(taken), orAnyFree: true } });
    expect(address).not.toBe(taken);
    expect((await fetch(`http://${address}/readyz`)).status).toBe(200);
  });

  test('close frees the port, with a connection still open', async () => {
    const address = await start();
    await fetch(`http://${address}/healthz`);
    await servers[0]?.close();
    await expect(fetch(`http://${address}/healthz`)).rejects.toThrow('fetch failed');
  });

  test.each([
    [undefined, 401],
    ['Bearer 0123456789abcdef', 200],
  ])('a stream asks for the token too: %s gets %d', async (authorization, status) => {
    const address = await start({
      token: new Secret(Buffer.from('0123456789abcdef')),
      streams: { '/decisions': (query, response) => response.end(query.get('denied')) },
    });
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const response = await fetch(`http://${address}/decisions?denied=1`, { headers });
    expect(response.status).toBe(status);
    expect((await response.text()) === '1').toBe(status === 200);
  });
});
