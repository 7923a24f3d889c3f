import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Stands where Envoy stands: finds the program by the Host header. Knows one failover, and refused connections. */
export interface TestRouter {
  readonly url: string;
  /** Host (without `.mesh`) to the port of the program; a port of 0 is a refused connection. */
  readonly ports: Map<string, number>;
  /** Host to the host that serves a POST in its place when it is not reachable. */
  readonly failover: Map<string, string>;
  /** Keeps the next charge, as a paused proxy does: it goes on only when it is delivered. */
  holdNextCharge(): HeldCharge;
  close(): Promise<void>;
}

/** A charge on its way, which its sender may have given up long ago. */
interface HeldCharge {
  readonly arrived: Promise<void>;
  /** Gives the status of the answer, which nobody else hears. */
  deliverTo(host: string): Promise<number>;
}

/** A router on a free port. */
export async function startTestRouter(): Promise<TestRouter> {
  const ports = new Map<string, number>();
  const failover = new Map<string, string>();
  const holding: ((body: string) => void)[] = [];
  const server = createServer((request, response) => {
    const hold = request.url === '/v1/charges' ? holding.shift() : undefined;
    if (hold !== undefined) {
      void text(request).then(hold);
      return;
    }
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
    holdNextCharge: () => {
      const held = new Promise<string>((resolve) => holding.push(resolve));
      return {
        arrived: held.then(() => undefined),
        deliverTo: async (host) => {
          const url = `http://127.0.0.1:${ports.get(host)}/v1/charges`;
          const headers = { 'content-type': 'application/json' };
          return (await fetch(url, { method: 'POST', headers, body: await held })).status;
        },
      };
    },
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
