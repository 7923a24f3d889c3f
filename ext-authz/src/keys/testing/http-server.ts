import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback for the time of a test. */
export interface TestServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** How many requests came. */
  count(): number;
  close(): Promise<void>;
}

/** Answers every request with the listener. */
export async function startHttpServer(listener: RequestListener): Promise<TestServer> {
  let count = 0;
  const server = createServer((request, response) => {
    count += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    count: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
