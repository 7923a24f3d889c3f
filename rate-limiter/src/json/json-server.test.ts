import { afterEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';

import { createJsonAnswer } from '../rls/index.ts';
import type { CounterStore } from '../store/index.ts';
import { createTestLimiter, rulesFrom } from '../testing/index.ts';
import { type JsonServer, startJsonServer } from './json-server.ts';

const rules = rulesFrom([
  {
    path: 'a.yaml',
    text: 'domain: shop\ndescriptors: [{key: user, rate_limit: {unit: minute, requests_per_unit: 2, name: n}}]',
  },
]);
const ASK = JSON.stringify({ domain: 'shop', descriptors: [{ entries: [{ key: 'user', value: 'a' }] }] });
const servers: JsonServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function start(options: { store?: CounterStore; isReady?: boolean } = {}): Promise<string> {
  const { limiter } = createTestLimiter(rules, options.store === undefined ? {} : { store: options.store });
  const server = await startJsonServer({
    listen: { host: '127.0.0.1', port: 0 },
    answer: createJsonAnswer(limiter, 'draft'),
    isReady: () => options.isReady ?? true,
    log: createLogger({ service: 'test', level: 'silent' }),
  });
  servers.push(server);
  return `http://${server.address}`;
}

describe('POST /json', () => {
  test('answers as envoyproxy/ratelimit: 200, then 429, with the message in protobuf JSON', async () => {
    const url = `${await start()}/json`;
    const ask = () => fetch(url, { method: 'POST', body: ASK });
    const first = await ask();
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await first.json()).toEqual({
      overallCode: 'OK',
      statuses: [
        {
          code: 'OK',
          currentLimit: { name: 'n', requestsPerUnit: 2, unit: 'MINUTE' },
          limitRemaining: 1,
          durationUntilReset: '60s',
        },
      ],
      responseHeadersToAdd: [
        { key: 'ratelimit-policy', value: '"n";q=2;w=60' },
        { key: 'ratelimit', value: '"n";r=1;t=60' },
      ],
    });
    await ask();
    const third = await ask();
    expect(third.status).toBe(429);
    expect(await third.json()).toMatchObject({
      overallCode: 'OVER_LIMIT',
      dynamicMetadata: { limit: 'n', rule: 'user', outcome: 'over' },
    });
  });

  test.each([
    ['no JSON', '{', 400],
    ['another message', '{"domain":"shop","no_such_field":1}', 400],
    ['hits that are none', '{"domain":"shop","hitsAddend":"many"}', 400],
    ['no domain', '{}', 400],
    ['no descriptors', '{"domain":"shop"}', 400],
    ['nothing', '', 400],
    ['too much', ' '.repeat(1_100_000), 413],
  ])('%s answers %s', async (_name, body, status) => {
    expect((await fetch(`${await start()}/json`, { method: 'POST', body })).status).toBe(status);
  });

  test('hits may be given back', async () => {
    const url = `${await start()}/json`;
    const body = ASK.replace('"entries"', '"hitsAddend":"1","isNegativeHits":true,"entries"');
    await fetch(url, { method: 'POST', body: ASK });
    const answer = await (await fetch(url, { method: 'POST', body })).json();
    expect(answer).toMatchObject({ statuses: [{ limitRemaining: 2 }] });
  });

  test('a store that is down is 503, not the fault of the caller', async () => {
    const store: CounterStore = {
      take: () => ({ kind: 'down', reason: 'gone' }),
      close: () => Promise.resolve(),
    };
    const response = await fetch(`${await start({ store })}/json`, { method: 'POST', body: ASK });
    expect([response.status, await response.text()]).toEqual([503, 'gone']);
  });

  test('a page of a browser is refused', async () => {
    const headers = { origin: 'http://evil.example' };
    expect((await fetch(`${await start()}/json`, { method: 'POST', body: ASK, headers })).status).toBe(403);
  });

  test.each([
    ['GET', '/json'],
    ['POST', '/healthcheck'],
    ['GET', '/'],
  ])('%s %s is 404', async (method, path) => {
    expect((await fetch(`${await start()}${path}`, { method })).status).toBe(404);
  });
});

describe('GET /healthcheck', () => {
  test.each([
    [true, 200],
    [false, 503],
  ])('ready %s answers %d', async (isReady, status) => {
    expect((await fetch(`${await start({ isReady })}/healthcheck`)).status).toBe(status);
  });
});
