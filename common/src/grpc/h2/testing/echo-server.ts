import type { AddressInfo } from 'node:net';

import { encodeFields } from '../hpack/index.ts';
import { createH2Server, type H2Server, type H2ServerOptions } from '../server.ts';
import type { Accept } from '../streams.ts';

const HEADERS = Buffer.concat([Buffer.of(0x88), encodeFields([['content-type', 'text/plain']])]);
const TRAILERS = encodeFields([['x-end', '1']]);

/** Answers each request with its body, or with `fallback` where there is none. */
export function echo(fallback: Uint8Array = Buffer.from('hello hello')): Accept {
  return (stream) => {
    const pieces: Buffer[] = [];
    return {
      onData: (bytes) => pieces.push(bytes),
      onEnd: () => {
        stream.sendHeaders(HEADERS, false);
        stream.end(TRAILERS, pieces.length === 0 ? fallback : Buffer.concat(pieces));
      },
      onClose: () => undefined,
    };
  };
}

/** A server on a free port of loopback. */
export async function startH2(
  accept: Accept,
  change: Partial<H2ServerOptions> = {},
): Promise<H2Server & { readonly port: number; readonly stop: () => void }> {
  const h2 = createH2Server({
    connect: () => accept,
    maxConcurrentStreams: 100,
    keepaliveMs: 30_000,
    keepaliveTimeoutMs: 10_000,
    ...change,
  });
  const port = await new Promise<number>((resolve) => {
    h2.server.listen(0, '127.0.0.1', () => resolve((h2.server.address() as AddressInfo).port));
  });
  const stop = (): void => {
    h2.server.close();
    h2.cut();
  };
  return { ...h2, port, stop };
}
