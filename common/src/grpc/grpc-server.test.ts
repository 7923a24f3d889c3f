import { create, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf';
import {
  Client,
  credentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { service as healthService } from 'grpc-health-check';

import { parseHostPort } from '../config/index.ts';
import { Authorization, CheckRequestSchema, CheckResponseSchema } from '../envoy-auth/index.ts';
import { eventually } from '../testing/index.ts';
import { type GrpcServer, type GrpcServerOptions, serviceDefinition, startGrpcServer } from './index.ts';

type CheckRequest = MessageShape<typeof CheckRequestSchema>;
type CheckResponse = MessageShape<typeof CheckResponseSchema>;
type CheckHandler = (
  call: ServerUnaryCall<CheckRequest, CheckResponse>,
  callback: sendUnaryData<CheckResponse>,
) => void;

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const answerOk: CheckHandler = ({ request }, callback) => {
  callback(
    null,
    create(CheckResponseSchema, { status: { message: request.attributes?.request?.http?.path ?? '' } }),
  );
};

async function start(
  handler: CheckHandler = answerOk,
  options: Partial<GrpcServerOptions> = {},
): Promise<GrpcServer> {
  const server = await startGrpcServer({
    listen: { host: '127.0.0.1', port: 0 },
    services: [{ definition: serviceDefinition(Authorization), implementation: { check: handler } }],
    ...options,
  });
  cleanups.push(() => server.drain(0));
  return server;
}

function clientOf({ address }: GrpcServer): Client {
  const client = new Client(address, credentials.createInsecure());
  cleanups.push(() => client.close());
  return client;
}

const PATH = '/envoy.service.auth.v3.Authorization/Check';

function check(
  client: Client,
  init: MessageInitShape<typeof CheckRequestSchema> = {},
): Promise<CheckResponse> {
  return call(client, PATH, toBinary(CheckRequestSchema, create(CheckRequestSchema, init))).then((bytes) =>
    fromBinary(CheckResponseSchema, bytes),
  );
}

function call(client: Client, path: string, request: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      (bytes: Uint8Array) => Buffer.from(bytes),
      (bytes: Buffer) => bytes,
      request,
      { deadline: Date.now() + 5_000 },
      (error: ServiceError | null, response) => {
        if (response === undefined) reject(error ?? new Error('neither error nor response'));
        else resolve(response);
      },
    );
  });
}

async function healthOf(client: Client): Promise<unknown> {
  const { path, requestSerialize, responseDeserialize } = methodOf(healthService, 'Check');
  const bytes = await call(client, path, requestSerialize({ service: '' }));
  return responseDeserialize(Buffer.from(bytes));
}

function methodOf(service: ServiceDefinition, name: string): ServiceDefinition[string] {
  const method = service[name];
  if (method === undefined) throw new Error(`no method ${name}`);
  return method;
}

describe('startGrpcServer', () => {
  test('answers a call with the generated messages', async () => {
    const client = clientOf(await start());
    const response = await check(client, { attributes: { request: { http: { path: '/v1/payments' } } } });
    expect(response.status?.message).toBe('/v1/payments');
  });

  test('SERVING needs a word, and can be taken back', async () => {
    const server = await start();
    const client = clientOf(server);
    expect(await healthOf(client)).toMatchObject({ status: 'NOT_SERVING' });
    server.setServing(true);
    expect(await healthOf(client)).toMatchObject({ status: 'SERVING' });
    server.setServing(false);
    expect(await healthOf(client)).toMatchObject({ status: 'NOT_SERVING' });
  });

  test('a request that is no message ends as a status, and the server lives on', async () => {
    const client = clientOf(await start());
    await expect(call(client, PATH, Uint8Array.of(0x0a, 0xff))).rejects.toMatchObject({
      code: status.INTERNAL,
    });
    await expect(check(client)).resolves.toBeDefined();
  });

  test('a method that nobody serves is UNIMPLEMENTED', async () => {
    const client = clientOf(await start());
    await expect(call(client, '/no.such/Method', new Uint8Array())).rejects.toMatchObject({
      code: status.UNIMPLEMENTED,
    });
  });

  test('a message above the bound is refused', async () => {
    const client = clientOf(await start(answerOk, { maxReceiveBytes: 1_000 }));
    const http = { body: 'x'.repeat(2_000) };
    await expect(check(client, { attributes: { request: { http } } })).rejects.toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
    });
  });

  test('a port that is taken is told with its address', async () => {
    const { address } = await start();
    await expect(start(answerOk, { listen: parseHostPort(address) })).rejects.toThrow(
      `cannot listen on ${address}: another program holds the port`,
    );
  });
});

describe('drain', () => {
  test('waits for the call under way, and refuses new ones', async () => {
    let finish: () => void = () => undefined;
    const server = await start((incoming, callback) => {
      finish = () => answerOk(incoming, callback);
    });
    const client = clientOf(server);
    const underWay = check(client, { attributes: { request: { http: { path: '/slow' } } } });
    const begun = finish;
    await eventually(() => expect(finish).not.toBe(begun));
    const drained = server.drain(5_000);
    await expect(check(clientOf(server))).rejects.toMatchObject({ code: status.UNAVAILABLE });
    finish();
    expect((await underWay).status?.message).toBe('/slow');
    await drained;
  });

  test('cuts a call that takes longer than the grace', async () => {
    let hasBegun = false;
    const server = await start(() => {
      hasBegun = true;
    });
    const cut = check(clientOf(server)).catch((error: unknown) => error);
    await eventually(() => expect(hasBegun).toBe(true));
    await server.drain(1);
    expect(await cut).toMatchObject({ code: expect.any(Number) });
  });

  test('frees the port', async () => {
    const server = await start();
    await check(clientOf(server));
    await server.drain(5_000);
    const next = await start(answerOk, { listen: parseHostPort(server.address) });
    expect(next.address).toBe(server.address);
  });
});

describe('serviceDefinition', () => {
  test('keys methods by their local name, with the path on the wire', () => {
    expect(serviceDefinition(Authorization)).toMatchObject({
      check: { path: PATH, requestStream: false, responseStream: false },
    });
  });
});
