import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '@paymesh/common/testing';

import { type Call, createOutboundClient, type OutboundClient } from './outbound-client.ts';

let server: Server;
let client: OutboundClient;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

const CALL: Call = { service: 'risk.pay', method: 'GET', path: '/', context: { requestId: 'r-1' } };

beforeEach(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = createOutboundClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await client.close();
});

describe('createOutboundClient', () => {
  test('names the service in Host and passes request id and trace on', async () => {
    answer = (request, response) => response.end(JSON.stringify(request.headers));
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const outcome = await client.call({ ...CALL, context: { requestId: 'r-1', traceparent } });
    expect(outcome).toMatchObject({
      kind: 'answer',
      body: { host: 'risk.pay.mesh', 'x-request-id': 'r-1', traceparent },
    });
  });

  test('sends JSON and the headers asked for', async () => {
    answer = (request, response) => {
      request.on('data', (body: Buffer) =>
        response.end(JSON.stringify([request.method, request.headers['idempotency-key'], body.toString()])),
      );
    };
    const headers = { 'idempotency-key': 'k' };
    expect(await client.call({ ...CALL, method: 'POST', body: { a: 1 }, headers })).toMatchObject({
      body: ['POST', 'k', '{"a":1}'],
    });
  });

  test('gives up after the timeout, and cannot say whether anything was done', async () => {
    answer = () => undefined;
    expect(await client.call({ ...CALL, timeoutMs: 50 })).toMatchObject({ kind: 'unclear' });
  });

  test('cannot say either when the connection breaks', async () => {
    answer = (request) => request.socket.destroy();
    expect(await client.call(CALL)).toMatchObject({ kind: 'unclear' });
  });

  test('does not read an answer without end', async () => {
    answer = (_request, response) => response.end('x'.repeat(300_000));
    expect(await client.call(CALL)).toMatchObject({ kind: 'unclear' });
  });

  test('knows that nothing was sent where nobody listens', async () => {
    const lonely = createOutboundClient({ url: `http://127.0.0.1:${await freePort()}` });
    expect(await lonely.call(CALL)).toEqual({ kind: 'not-sent', reason: 'ECONNREFUSED' });
    await lonely.close();
  });
});
