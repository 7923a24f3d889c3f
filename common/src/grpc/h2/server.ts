import { createServer, type Server, type Socket } from 'node:net';

import { Connection, type ConnectionOptions } from './connection.ts';
import { H2_LIMITS } from './limits.ts';

export interface H2ServerOptions extends Omit<ConnectionOptions, 'prefaceTimeoutMs' | 'accept'> {
  /** A new connection: gives who takes its requests. */
  readonly connect: () => ConnectionOptions['accept'];
  /** A new connection must have begun by then. Default 10 s. */
  readonly prefaceTimeoutMs?: number;
}

export interface H2Server {
  /** Not listening yet. */
  readonly server: Server;
  /** Lets no new requests begin; a connection closes with its last one. */
  readonly finish: () => void;
  /** Closes all connections that are left. */
  readonly cut: () => void;
}

/** A plaintext HTTP/2 server with prior knowledge (RFC 9113, 3.3), made for requests and answers that fit in a few frames. */
export function createH2Server(options: H2ServerOptions): H2Server {
  const connections = new Set<Connection>();
  const all = { prefaceTimeoutMs: H2_LIMITS.prefaceTimeoutMs, ...options };
  const server = createServer((socket: Socket) => {
    const connection = new Connection(socket, { ...all, accept: options.connect() });
    connections.add(connection);
    socket.once('close', () => connections.delete(connection));
  });
  server.maxConnections = H2_LIMITS.maxConnections;
  return {
    server,
    finish: () => {
      for (const connection of connections) connection.finish();
    },
    cut: () => {
      for (const connection of connections) connection.cut();
    },
  };
}
