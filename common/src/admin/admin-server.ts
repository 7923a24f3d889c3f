import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { formatHostPort, type HostPort, listenError } from '../config/index.ts';
import type { Registry } from '../metrics/index.ts';
import type { Secret } from '../secret/index.ts';
import { isLoopback, refusalOf } from './guard.ts';
import { readJson } from './read-json.ts';

/** Answers one admin path; what it returns, or its promise gives, is sent as JSON, a failure as 500. */
export type AdminHandler = (request: IncomingMessage) => unknown;

/** A call of a guarded route. */
export interface AdminCall {
  readonly query: URLSearchParams;
  /** Undefined where there is none. */
  readonly json: unknown;
}

export interface AdminAnswer {
  /** Default 200. */
  readonly status?: number;
  /** Sent as JSON. */
  readonly body: unknown;
}

/** Answers a guarded route; a failure is sent as 500. */
export type GuardedHandler = (call: AdminCall) => AdminAnswer | Promise<AdminAnswer>;

/** Answers a guarded GET by itself, for as long as it wants. */
export type StreamHandler = (query: URLSearchParams, response: ServerResponse) => void;

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
  /** What is amiss though the service goes on, by part; `/healthz` and `/readyz` tell it. Default: nothing. */
  readonly troubles?: () => Readonly<Record<string, string>>;
  /** Further GET paths of this service. */
  readonly routes?: Readonly<Record<string, AdminHandler>>;
  /** Paths that write or show what clients sent, as `PUT /path`; who may call them: `refusalOf`. */
  readonly guarded?: Readonly<Record<string, GuardedHandler>>;
  /** GET paths that go on answering, guarded like the others. */
  readonly streams?: Readonly<Record<string, StreamHandler>>;
  /** What callers of guarded paths must bear. Without one they are served on loopback only. */
  readonly token?: Secret;
}

export interface AdminServer {
  /** `HOST:PORT` as bound. */
  readonly address: string;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 65_536;

/**
 * Serves `/healthz`, `/readyz`, `/metrics` and the routes of the service, by GET, and its guarded routes.
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
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const { guarded = {} } = options;
  const handler = Object.hasOwn(guarded, `${request.method} ${path}`) && guarded[`${request.method} ${path}`];
  if (handler) return guardedAnswer(options, handler, query, request, response);
  if (request.method !== 'GET') {
    response.setHeader('allow', methodsOf(guarded, path).join(', ') || 'GET');
    return send(response, 405, { error: 'only GET is served here' });
  }
  if (path === '/healthz') return send(response, 200, { status: 'alive', ...options.troubles?.() });
  if (path === '/readyz') {
    const ready = options.isReady();
    const status = ready ? 'ready' : 'not ready';
    return send(response, ready ? 200 : 503, { status, ...options.troubles?.() });
  }
  if (path === '/metrics') {
    response.setHeader('content-type', options.registry.contentType);
    response.end(await options.registry.metrics());
    return;
  }
  const stream = options.streams?.[path];
  if (stream !== undefined) return streamed(options, stream, query, request, response);
  const route = options.routes?.[path];
  if (route === undefined) return send(response, 404, { error: `no such path: ${path}` });
  return send(response, 200, await route(request));
}

function streamed(
  { listen, token }: AdminOptions,
  stream: StreamHandler,
  query: string,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const refusal = refusalOf({ method: 'GET', headers, isOnLoopback: isLoopback(listen.host), token });
  if (refusal === undefined) stream(new URLSearchParams(query), response);
  else send(response, refusal.status, { error: refusal.error });
}

function methodsOf(guarded: Readonly<Record<string, GuardedHandler>>, path: string): readonly string[] {
  return Object.keys(guarded)
    .filter((route) => route.endsWith(` ${path}`))
    .map((route) => route.slice(0, -path.length - 1));
}

async function guardedAnswer(
  { listen, token }: AdminOptions,
  handler: GuardedHandler,
  query: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', headers } = request;
  const refusal = refusalOf({ method, headers, isOnLoopback: isLoopback(listen.host), token });
  if (refusal !== undefined) return send(response, refusal.status, { error: refusal.error });
  const read = await readJson(request, MAX_BODY_BYTES);
  if (read.kind === 'error') {
    // What is left of the body is not read.
    response.setHeader('connection', 'close');
    return send(response, read.status, { error: read.error });
  }
  const { status = 200, body } = await handler({ query: new URLSearchParams(query), json: read.json });
  return send(response, status, body);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify(body ?? null)}\n`);
}
