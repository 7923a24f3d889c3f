import type { AddressInfo } from 'node:net';

import type { FastifyInstance } from 'fastify';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined if it is none. */
  readonly body: unknown;
}

/** Sends requests to a service on a free port; real HTTP, since that is what it is for. */
export interface TestClient {
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
  /** Text is sent as it is, anything else as JSON. */
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<TestAnswer>;
}

/** Listens and gives a client; `app.close()` ends it. */
export async function serve(app: FastifyInstance): Promise<TestClient> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    get: (path, headers = {}) => send(`${url}${path}`, { headers }),
    post: (path, body, headers = {}) =>
      send(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
  };
}

async function send(url: string, init: RequestInit): Promise<TestAnswer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Some answers, such as metrics, are plain text.
    return undefined;
  }
}
