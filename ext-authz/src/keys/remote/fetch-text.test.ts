import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';

import { afterEach, describe, expect, test } from '@jest/globals';

import { startHttpServer, type TestServer } from '../testing/http-server.ts';
import { fetchText } from './fetch-text.ts';

let server: TestServer | undefined;

afterEach(() => server?.close());

async function ask(listener: RequestListener) {
  server = await startHttpServer(listener);
  return fetchText({ url: `${server.url}/jwks?a=b`, headers: { authorization: 'X' }, timeoutMs: 300 });
}

/** Made beforehand: in the answer it would use up the time of the question. */
const BOMB = gzipSync('x'.repeat(1_000_000));

describe('fetchText', () => {
  test('gives the text of the answer to just this request', async () => {
    const fetched = await ask(({ method, url, headers }, response) =>
      response.end(`${method} ${url} ${headers.authorization} ${headers.accept}`),
    );
    expect(fetched).toEqual({ kind: 'text', text: 'GET /jwks?a=b X application/json' });
  });

  test.each<[string, RequestListener, string]>([
    ['does not answer', () => undefined, 'it did not answer within 300 ms'],
    [
      'never comes to an end',
      (_request, response) => {
        response.write('{"keys":');
      },
      'it did not answer within 300 ms',
    ],
    [
      'sends one byte after another',
      (_request, response) => {
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
      'it did not answer within 300 ms',
    ],
    [
      'sends too much',
      (_request, response) => {
        response.end('x'.repeat(262_145));
      },
      'its answer is larger than 262144 bytes',
    ],
    [
      'sends without end',
      (_request, response) => {
        const flood = () => {
          while (response.write('x'.repeat(65_536)));
        };
        response.on('drain', flood);
        flood();
      },
      'its answer is larger than 262144 bytes',
    ],
    [
      'sends too much in little',
      (_request, response) => {
        response.setHeader('content-encoding', 'gzip');
        response.end(BOMB);
      },
      'its answer is larger than 262144 bytes',
    ],
    [
      'sends elsewhere',
      (request, response) => {
        response.writeHead(302, { location: `http://${request.headers.host}/other` });
        response.end('{"keys":[]}');
      },
      'it answered with status 302',
    ],
    [
      'has an error',
      (_request, response) => {
        response.writeHead(500);
        response.end('{"keys":[]}');
      },
      'it answered with status 500',
    ],
    [
      'answers with a part',
      (_request, response) => {
        response.writeHead(206);
        response.end('{"keys":[]}');
      },
      'it answered with status 206',
    ],
  ])('fails when the server %s', async (_name, listener, why) => {
    expect(await ask(listener)).toEqual({ kind: 'failed', why });
  });

  test('fails when the server breaks off', async () => {
    const fetched = await ask(({ socket }, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"keys":[', () => socket.destroy());
    });
    expect(fetched).toMatchObject({ kind: 'failed', why: expect.stringMatching(/^it cannot be reached/) });
  });

  test('fails when nobody listens, and says so', async () => {
    const gone = await startHttpServer(() => undefined);
    await gone.close();
    expect(await fetchText({ url: gone.url })).toEqual({
      kind: 'failed',
      why: 'it cannot be reached (ECONNREFUSED)',
    });
  });

  test('follows no redirect', async () => {
    await ask((request, response) => {
      response.writeHead(307, { location: `http://${request.headers.host}/other` });
      response.end();
    });
    expect(server?.count()).toBe(1);
  });
});
