import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

import { formatHostPort, type HostPort, listenError } from '../../config/index.ts';
import type { GrpcServer } from '../grpc-server.ts';
import { LIMITS } from '../limits.ts';
import { createBudget } from './budget.ts';
import { createConnections } from './connections.ts';
import { createDeadlines } from './deadlines.ts';
import { createHealth } from './health.ts';
import type { Method, UnaryHandler } from './method.ts';
import { type CallContext, cutCall, serveCall } from './serve-call.ts';
import { Code } from './status.ts';

export interface UnaryServerOptions {
  readonly listen: HostPort;
  /** Handlers by path, such as `/envoy.service.auth.v3.Authorization/Check`. */
  readonly services: Readonly<Record<string, UnaryHandler>>;
  /** Largest message taken, in bytes. Default 4 MiB. */
  readonly maxReceiveBytes?: number;
  /** Most calls under way on one connection. Default 1 000. */
  readonly maxConcurrentStreams?: number;
  /** Told what a handler threw; the caller sees INTERNAL. Default: nobody is told. */
  readonly onError?: (error: unknown) => void;
}

/** Request headers of a call: Envoy's, with tracing and metadata, are under 2 kB. */
const MAX_HEADER_LIST_BYTES = 16 * 1024;
const BYTES_PER_MIB = 1024 * 1024;

/**
 * Starts a plaintext gRPC server for unary calls that also answers grpc.health.v1, over bare node:http2, which
 * takes much less time for a call than grpc-js. Rejects when the port is taken.
 */
export async function startUnaryServer(options: UnaryServerOptions): Promise<GrpcServer> {
  const health = createHealth();
  const connections = createConnections();
  const watches: CallContext['watches'] = new Set();
  const shared = {
    methods: new Map([...health.methods, ...Object.entries(options.services).map(unary)]),
    maxReceiveBytes: options.maxReceiveBytes ?? LIMITS.maxReceiveBytes,
    deadlines: createDeadlines(cutCall),
    watches,
    onError: options.onError ?? ((): void => undefined),
  };
  const server = createHttp2Server(options.maxConcurrentStreams ?? LIMITS.maxConcurrentStreams);
  server.on('connection', (socket: Socket) => connections.addSocket(socket));
  server.on('session', (session: ServerHttp2Session) => {
    connections.addSession(session);
    // Twice a message: what is gathered in a buffer that doubles always has room for one.
    const room = Math.max(LIMITS.maxSessionMemoryMib * BYTES_PER_MIB, 2 * shared.maxReceiveBytes);
    const context: CallContext = { ...shared, budget: createBudget(room) };
    session.on('stream', (stream, headers) => serveCall(stream, headers, context));
  });
  const port = await bind(server, options.listen);
  // A connection that cannot be accepted (no descriptors left) is no reason to end the others.
  server.on('error', shared.onError);
  return {
    address: formatHostPort({ host: options.listen.host, port }),
    setServing: (isServing) => health.setServing(isServing),
    drain: async (graceMs) => {
      health.setServing(false);
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const end of watches) end({ code: Code.unavailable, details: 'the server is going away' });
      connections.finish();
      const deadline = setTimeout(() => connections.cut(), graceMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function unary([path, handle]: [string, UnaryHandler]): [string, Method] {
  return [path, { kind: 'unary', handle }];
}

function createHttp2Server(maxConcurrentStreams: number): Http2Server {
  return createServer({
    maxSessionMemory: LIMITS.maxSessionMemoryMib,
    settings: { maxConcurrentStreams, maxHeaderListSize: MAX_HEADER_LIST_BYTES, enablePush: false },
  });
}

function bind(server: Http2Server, listen: HostPort): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(listen, error)));
    server.listen({ host: listen.host, port: listen.port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : listen.port);
    });
  });
}
