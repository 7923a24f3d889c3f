import { request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface CallOptions {
  readonly port: number;
  readonly path: string;
  /** Default POST. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** Default `{}`. */
  readonly body?: string;
}

/** One HTTP/1.1 request to a proxy on a connection of its own (fetch would not let Host be set). */
export function call({
  port,
  path,
  method = 'POST',
  headers = {},
  body = '{}',
}: CallOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(method === 'GET' ? undefined : body);
  });
}
