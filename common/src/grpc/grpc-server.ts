import type {
  Server,
  ServerCredentials,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';

import { formatHostPort, type HostPort, listenError } from '../config/index.ts';
import { LIMITS } from './limits.ts';

export interface GrpcServerOptions {
  readonly listen: HostPort;
  readonly services: readonly {
    readonly definition: ServiceDefinition;
    readonly implementation: UntypedServiceImplementation;
  }[];
  /** Largest message taken, in bytes. Default 4 MiB. */
  readonly maxReceiveBytes?: number;
  /** Most calls under way on one connection. Default 1 000. */
  readonly maxConcurrentStreams?: number;
}

export interface GrpcServer {
  /** `HOST:PORT` as bound. */
  readonly address: string;
  /** What grpc.health.v1 tells for the whole server; SERVING needs this call. */
  setServing(isServing: boolean): void;
  /** Refuses new calls, waits for those under way, at most `graceMs`, then cuts them. */
  drain(graceMs: number): Promise<void>;
}

/** Starts a plaintext gRPC server that also answers grpc.health.v1. Rejects when the port is taken. */
export async function startGrpcServer(options: GrpcServerOptions): Promise<GrpcServer> {
  // Nine megabytes that a process with unary calls only, which are served by another, does not hold.
  const { logVerbosity, Server, ServerCredentials, setLogVerbosity } = await import('@grpc/grpc-js');
  const { HealthImplementation } = await import('grpc-health-check');
  // It prints what it also tells by rejecting, as plain text between our JSON lines.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? LIMITS.maxReceiveBytes,
    'grpc.max_concurrent_streams': options.maxConcurrentStreams ?? LIMITS.maxConcurrentStreams,
    'grpc-node.max_session_memory': LIMITS.maxSessionMemoryMib,
    'grpc.keepalive_time_ms': LIMITS.keepaliveMs,
    'grpc.keepalive_timeout_ms': LIMITS.keepaliveTimeoutMs,
    // Two servers must never share a port by accident.
    'grpc.so_reuseport': 0,
  });
  const health = new HealthImplementation({ '': 'NOT_SERVING' });
  health.addToServer(server);
  for (const { definition, implementation } of options.services)
    server.addService(definition, implementation);
  const port = await bind(server, options.listen, ServerCredentials.createInsecure());
  return {
    address: formatHostPort({ host: options.listen.host, port }),
    setServing: (isServing) => health.setStatus('', isServing ? 'SERVING' : 'NOT_SERVING'),
    drain: (graceMs) => {
      health.setStatus('', 'NOT_SERVING');
      return drain(server, graceMs);
    },
  };
}

function bind(server: Server, listen: HostPort, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(formatHostPort(listen), credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(listenError(listen, error));
    });
  });
}

function drain(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}
