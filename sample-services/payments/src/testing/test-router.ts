import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands where Envoy stands: finds the program by the Host header. Knows one failover, and refused connections. */
export interface TestRouter {
  readonly url: string;
  /** Host (without `.mesh`) to the port of the program; a port of 0 is a refused connection. */
  readonly ports: Map<string, number>;
  /** Host to the host that serves a POST in its place when it is not reachable. */
  readonly failover: Map<string, string>;
  close(): Promise<void>;
}

/** A router on a free port. */
export async function startTestRouter(): Promise<TestRouter> {
  const ports = new Map<string, number>();
  const failover = new Map<string, string>();
  const server = createServer((request, response) => {
    const host = (request.headers.host ?? '').replace(/\.mesh$/, '');
    const other = request.method === 'POST' ? failover.get(host) : undefined;
    const port = ports.get(host) || (other !== undefined && ports.get(other)) || 0;
    if (port === 0) return refuse(response);
    forward(request, response, port);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ports,
    failover,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refuse(response: ServerResponse): void {
  response.writeHead(503, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ status: 503, code: 'upstream_unreachable' }));
}

function forward(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request;
  const upstream = httpRequest({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  // What Envoy answers when the connection breaks after the request was sent.
  upstream.on('error', () => {
    response.writeHead(504, { 'content-type': 'application/problem+json' });
    response.end(JSON.stringify({ status: 504, code: 'upstream_reset' }));
  });
  request.pipe(upstream);
}
