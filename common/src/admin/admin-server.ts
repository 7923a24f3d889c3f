import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { formatHostPort, type HostPort, listenError } from '../config/index.ts';
import type { Registry } from '../metrics/index.ts';

/** Answers one admin path; what it returns, or its promise gives, is sent as JSON, a failure as 500. */
export type AdminHandler = (request: IncomingMessage) => unknown;

/** Where an admin server listens. */
export interface AdminAddress extends HostPort {
  /** Takes any free port of the host when this one is taken: for a port that nobody asked for. Default false. */
  readonly orAnyFree?: boolean;
}

export interface AdminOptions {
  readonly listen: AdminAddress;
  readonly registry: Registry;
  /** What `/readyz` tells: true once the service may take work. */
  readonly isReady: () => boolean;
  /** Further GET paths of this service. */
  readonly routes?: Readonly<Record<string, AdminHandler>>;
}

export interface AdminServer {
  /** `HOST:PORT` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves `/healthz`, `/readyz`, `/metrics` and the routes of the service. GET only.
 * Rejects when the port is taken.
 */
export async function startAdminServer(options: AdminOptions): Promise<AdminServer> {
  const server = createServer((request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      send(response, 500, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  const port = await bind(server, options.listen);
  return {
    address: formatHostPort({ host: options.listen.host, port }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bind(server: Server, { host, port, orAnyFree = false }: AdminAddress): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    if (orAnyFree && (error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      return bind(server, { host, port: 0 });
    throw listenError({ host, port }, error as Error);
  }
}

async function answer(
  options: AdminOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (request.method !== 'GET') {
    response.setHeader('allow', 'GET');
    return send(response, 405, { error: 'only GET is served here' });
  }
  if (path === '/healthz') return send(response, 200, { status: 'alive' });
  if (path === '/readyz') {
    const ready = options.isReady();
    return send(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
  }
  if (path === '/metrics') {
    response.setHeader('content-type', options.registry.contentType);
    response.end(await options.registry.metrics());
    return;
  }
  const route = options.routes?.[path];
  if (route === undefined) return send(response, 404, { error: `no such path: ${path}` });
  return send(response, 200, await route(request));
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify(body ?? null)}\n`);
}
