import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that an upstream read to its end. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Behaviour =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Record<string, string>;
      /** Status of single paths. */
      readonly paths?: Readonly<Record<string, number>>;
    }
  /** Reads everything, then resets the connection: the caller cannot know what was done. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** As `reset`, and from then on refuses connections. */
  | { readonly kind: 'resetAndDie' };

export interface Upstream {
  readonly port: number;
  readonly seen: SeenRequest[];
  /** Also brings a dead upstream back, with nothing seen. */
  behave(behaviour: Behaviour): Promise<void>;
  /** Refuses connections until the next `behave`. */
  die(): Promise<void>;
}

/** A program behind a proxy; it starts with 200 and its name as body. */
export async function startUpstream(name: string): Promise<Upstream> {
  const seen: SeenRequest[] = [];
  let behaviour: Behaviour = { kind: 'answer', status: 200 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
      act(response, request.url ?? '');
    });
  });
  const die = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  function act(response: ServerResponse, url: string): void {
    if (behaviour.kind === 'answer') {
      response.writeHead(behaviour.paths?.[url] ?? behaviour.status, behaviour.headers).end(name);
    }
    if (behaviour.kind === 'reset') response.socket?.resetAndDestroy();
    if (behaviour.kind === 'resetAndDie') {
      server.close();
      response.socket?.resetAndDestroy();
    }
  }
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    seen,
    behave: async (next) => {
      behaviour = next;
      seen.length = 0;
      if (!server.listening) await listen(port);
    },
    die,
  };
}
