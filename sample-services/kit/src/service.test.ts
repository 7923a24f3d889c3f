import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createRegistry } from '@paymesh/common/metrics';
import type { FastifyInstance } from 'fastify';

import { callContext } from './call-context.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { createService } from './service.ts';
import { serve, type TestClient } from './testing/serve.ts';

let app: FastifyInstance;
let client: TestClient;
let began: Promise<void>;
let finish = (): void => undefined;

beforeEach(async () => {
  app = createService({
    log: createLogger({ service: 'test', level: 'silent' }),
    registry: createRegistry('test'),
    instance: 'test-1',
    isReady: () => false,
  });
  app.post('/echo', async (request) => request.body);
  app.get('/context', async (request) => callContext(request));
  app.get('/key', async (request) => idempotencyKey(request.headers));
  began = new Promise((resolve) => {
    app.get('/slow', () => {
      resolve();
      return new Promise((answer) => {
        finish = () => answer({});
      });
    });
  });
  app.post('/broken', () => Promise.reject(new Error('secret of the house')));
  app.addHook('preClose', async () => finish());
  client = await serve(app);
});

afterEach(() => app.close());

describe('createService', () => {
  test.each([
    ['/healthz', 200],
    ['/readyz', 503],
    ['/actuator/health', 200],
    ['/metrics', 200],
  ])('serves %s', async (path, status) => {
    const answer = await client.get(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-instance')).toBe('test-1');
  });

  test.each([
    ['/nowhere', '{}', 404, 'NO_SUCH_PATH'],
    ['/echo', '{"a":', 400, 'INVALID_REQUEST'],
    ['/echo', '{"a":1,"a":2}', 400, 'INVALID_REQUEST'],
    ['/echo', '['.repeat(9_000) + ']'.repeat(9_000), 400, 'INVALID_REQUEST'],
    ['/echo', JSON.stringify('x'.repeat(70_000)), 413, 'BODY_TOO_LARGE'],
    ['/broken', '{}', 500, 'INTERNAL_ERROR'],
  ])('answers POST %s %.9s as a problem', async (path, body, status, code) => {
    const answer = await client.post(path, body, { 'x-request-id': 'r-1' });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ type: 'about:blank', status, code, request_id: 'r-1' });
    expect(answer.text).not.toContain('secret of the house');
  });

  test.each(['text/plain', 'application/json; charset=latin1', 'application/x-www-form-urlencoded'])(
    'refuses a body of type %s',
    async (type) => {
      expect((await client.post('/echo', '{}', { 'content-type': type })).status).toBe(415);
    },
  );

  test.each(['', 'x y', '<script>', 'x'.repeat(129)])('replaces the request id "%s"', async (given) => {
    const answer = await client.get('/healthz', { 'x-request-id': given });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('while closing finishes what it began, and then closes the connection', async () => {
    const answer = client.get('/slow');
    await began;
    const closed = app.close();
    expect((await answer).headers.get('connection')).toBe('close');
    await closed;
  });
});

describe('callContext', () => {
  const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  test.each<[Record<string, string>, object]>([
    [{}, { requestId: 'r' }],
    [{ traceparent: TRACE }, { requestId: 'r', traceparent: TRACE }],
    [
      { traceparent: TRACE, tracestate: 'a=b' },
      { requestId: 'r', traceparent: TRACE, tracestate: 'a=b' },
    ],
    [{ traceparent: 'nonsense', tracestate: 'a=b' }, { requestId: 'r' }],
    [
      { traceparent: TRACE, tracestate: 'a'.repeat(600) },
      { requestId: 'r', traceparent: TRACE },
    ],
  ])('reads %j', async (headers, expected) => {
    expect((await client.get('/context', { 'x-request-id': 'r', ...headers })).body).toEqual(expected);
  });
});

describe('idempotencyKey', () => {
  test('gives the key', async () => {
    expect((await client.get('/key', { 'idempotency-key': 'k-1' })).text).toBe('k-1');
  });

  test.each([undefined, '', 'a b', 'x'.repeat(256)])('refuses %s', async (key) => {
    const answer = await client.get('/key', key === undefined ? {} : { 'idempotency-key': key });
    expect(answer.body).toMatchObject({ status: 400, code: 'IDEMPOTENCY_KEY_REQUIRED' });
  });
});
