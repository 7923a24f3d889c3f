import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';

import { Authorization, CheckRequestSchema, CheckResponseSchema } from '../envoy-auth/index.ts';
import { type MessageOf, serviceDefinition, startGrpcServer } from './index.ts';
import { rawClient } from './testing/raw-client.ts';
import { describeUnaryServer, PATH } from './testing/unary.contract.ts';

type CheckRequest = MessageOf<typeof CheckRequestSchema>;
type CheckResponse = MessageOf<typeof CheckResponseSchema>;

const cleanups: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
const asIs = (bytes: Buffer): Buffer => bytes;

async function answerLater(
  message: Uint8Array | Promise<Uint8Array>,
  callback: sendUnaryData<Uint8Array>,
): Promise<void> {
  callback(null, await message);
}

describeUnaryServer('startGrpcServer', ({ listen, handle, maxReceiveBytes }) =>
  startGrpcServer({
    listen,
    maxReceiveBytes,
    services: [
      {
        definition: {
          echo: {
            path: PATH,
            requestStream: false,
            responseStream: false,
            requestSerialize: asBuffer,
            requestDeserialize: asIs,
            responseSerialize: asBuffer,
            responseDeserialize: asIs,
          },
        },
        implementation: {
          echo: (call: ServerUnaryCall<Buffer, Uint8Array>, callback: sendUnaryData<Uint8Array>) => {
            void answerLater(handle(call.request), callback);
          },
        },
      },
    ],
  }),
);

const CHECK = '/envoy.service.auth.v3.Authorization/Check';

async function startCheck() {
  const check = (
    { request }: ServerUnaryCall<CheckRequest, CheckResponse>,
    callback: sendUnaryData<CheckResponse>,
  ) => {
    const message = request.attributes?.request?.http?.path ?? '';
    callback(null, create(CheckResponseSchema, { status: { message } }));
  };
  const server = await startGrpcServer({
    listen: { host: '127.0.0.1', port: 0 },
    services: [{ definition: serviceDefinition(Authorization), implementation: { check } }],
  });
  const client = rawClient(server.address);
  cleanups.push(
    () => server.drain(0),
    () => client.close(),
  );
  return client;
}

describe('startGrpcServer', () => {
  test('answers a call with the generated messages', async () => {
    const client = await startCheck();
    const request = create(CheckRequestSchema, {
      attributes: { request: { http: { path: '/v1/payments' } } },
    });
    const answer = await client.call(CHECK, toBinary(CheckRequestSchema, request));
    expect(fromBinary(CheckResponseSchema, answer).status?.message).toBe('/v1/payments');
  });

  test('a request that is no message ends as a status, and the server lives on', async () => {
    const client = await startCheck();
    await expect(client.call(CHECK, Uint8Array.of(0x0a, 0xff))).rejects.toMatchObject({
      code: status.INTERNAL,
    });
    await expect(client.call(CHECK, new Uint8Array())).resolves.toBeDefined();
  });
});

describe('serviceDefinition', () => {
  test('keys methods by their local name, with the path on the wire', () => {
    expect(serviceDefinition(Authorization)).toMatchObject({
      check: { path: CHECK, requestStream: false, responseStream: false },
    });
  });
});
