import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export interface BrownOutOptions {
  /** Port of the instance that it stands in for. */
  readonly port: number;
  /** Port of a well instance, which answers the other half. */
  readonly forwardTo: number;
}

export interface BrownOut {
  /** Requests answered with 503. */
  readonly failed: number;
  /** Requests that came in, health checks left out. */
  readonly received: number;
  close(): Promise<void>;
}

/** Stands in for an instance that is half ill: every second request gets 503, health checks stay green. */
export async function startBrownOut({ port, forwardTo }: BrownOutOptions): Promise<BrownOut> {
  let received = 0;
  let failed = 0;
  const server = createServer((incoming, response) => {
    if (incoming.url === '/healthz') return forward(incoming, response, forwardTo);
    received += 1;
    if (received % 2 === 1) return forward(incoming, response, forwardTo);
    failed += 1;
    incoming.resume();
    response.writeHead(503, { 'content-type': 'application/json' }).end('{"code":"brown_out"}');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    get failed() {
      return failed;
    },
    get received() {
      return received;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(incoming: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  incoming.pipe(onward);
}
