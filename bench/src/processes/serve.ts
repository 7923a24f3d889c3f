import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { startUnaryServer } from '@paymesh/common/grpc';
import { createLogger } from '@paymesh/common/log';

import type { ServerSpec } from '../yardstick/index.ts';

// The process that is measured; it tells its port over IPC and goes with the benchmark.
const HOST = '127.0.0.1';

const spec = JSON.parse(process.argv[2] ?? '') as Exclude<ServerSpec, { kind: 'rate-limiter' }>;
process.on('disconnect', () => process.exit());
process.send?.(await start());

function start(): Promise<number> {
  switch (spec.kind) {
    case 'ext-authz':
      return serveExtAuthz(spec.configDir, spec.redisUrl);
    case 'grpc-js echo':
      return serveGrpcJsEcho(spec.path);
    case 'http2 echo':
      return serveHttp2Echo();
    case 'own echo':
      return serveOwnEcho(spec.path);
  }
}

async function serveExtAuthz(configDir: string, redisUrl: string | undefined): Promise<number> {
  const listen = { host: HOST, port: 0 };
  const log = createLogger({ service: 'ext-authz' });
  // Loaded where it is served: its memory is measured, and that of the other service is none of it.
  const { startExtAuthz } = await import('@paymesh/ext-authz');
  const { addresses } = await startExtAuthz({ configDir, listen, admin: listen, redisUrl, log });
  return portOf(addresses['listen']);
}

function portOf(address: string | undefined): number {
  return Number(address?.split(':').at(-1));
}

/** The server below ext-authz and the rate limiter, with nothing on it. */
async function serveOwnEcho(path: string): Promise<number> {
  const listen = { host: HOST, port: 0 };
  const { address } = await startUnaryServer({ listen, services: { [path]: (message) => message } });
  return portOf(address);
}

function serveGrpcJsEcho(path: string): Promise<number> {
  const server = new Server();
  const asIs = (bytes: Buffer): Buffer => bytes;
  const method = {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  } as const;
  const check = ({ request }: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void =>
    callback(null, request);
  server.addService({ check: method }, { check });
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}

/** As little as node:http2 can do: no method, no limit, no deadline, no check. */
function serveHttp2Echo(): Promise<number> {
  const server = createServer();
  server.on('stream', (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('data', (chunk: Buffer) => stream.write(chunk));
    stream.on('end', () => stream.end());
  });
  return new Promise((resolve) => {
    server.listen(0, HOST, () => resolve((server.address() as AddressInfo).port));
  });
}
