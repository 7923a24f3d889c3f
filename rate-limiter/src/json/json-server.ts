import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { formatHostPort, type HostPort, listenError } from '@paymesh/common/config';
import type { Logger } from '@paymesh/common/log';

import type { JsonAnswer } from '../rls/index.ts';

export interface JsonServerOptions {
  readonly listen: HostPort;
  /** Answers the body of `POST /json`. */
  readonly answer: (text: string) => Promise<JsonAnswer>;
  /** True while the service can answer: what `/healthcheck` tells. */
  readonly isReady: () => boolean;
  readonly log: Logger;
}

export interface JsonServer {
  /** `HOST:PORT` as bound. */
  readonly address: string;
  /** Takes no more calls, and waits for those under way. */
  close(): Promise<void>;
}

/** The same as over gRPC. */
const MAX_BODY_BYTES = 1_048_576;
const REQUEST_TIMEOUT_MS = 10_000;

/** Serves `POST /json` and `GET /healthcheck`, as envoyproxy/ratelimit does. Rejects when the port is taken. */
export async function startJsonServer(options: JsonServerOptions): Promise<JsonServer> {
  const { listen, log } = options;
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(options, request, response).catch((error: unknown) => {
      log.error({ err: error }, 'a call by HTTP failed');
      if (!response.headersSent) send(response, 500, 'internal error');
    });
  });
  const port = await bind(server, listen);
  return {
    address: formatHostPort({ host: listen.host, port }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}

async function bind(server: Server, listen: HostPort): Promise<number> {
  try {
    server.listen(listen.port, listen.host);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    throw listenError(listen, error as Error);
  }
}

async function answer(
  { answer: answerText, isReady }: JsonServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const route = `${request.method} ${(request.url ?? '/').split('?', 1)[0]}`;
  if (route === 'GET /healthcheck') {
    return isReady() ? send(response, 200, 'OK') : send(response, 503, 'no rate limit configuration loaded');
  }
  if (route !== 'POST /json') return send(response, 404, 'POST /json and GET /healthcheck are served here');
  // Programs send none; a page in a browser cannot leave it out, and shall not use up limits of others.
  if (request.headers.origin !== undefined) return send(response, 403, 'pages of browsers are not served');
  const text = await readText(request);
  if (text === undefined) {
    response.setHeader('connection', 'close');
    return send(response, 413, `a request has at most ${MAX_BODY_BYTES} bytes`);
  }
  const { status, body } = await answerText(text);
  const isMessage = status === 200 || status === 429;
  return send(response, status, body, isMessage ? 'application/json' : 'text/plain; charset=utf-8');
}

/** Undefined for more than the most. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.end(body);
}
