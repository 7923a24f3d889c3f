import type { ServerResponse } from 'node:http';

import type { TapEntry } from './tap-entry.ts';

/** One who watches. */
export interface Reader {
  wants(entry: Pick<TapEntry, 'isDenied' | 'services'>): boolean;
  /** False when the line is dropped: it is none, or the reader has too much before it. */
  take(line: string | undefined): boolean;
}

/** Bytes that wait for one reader; further lines are dropped. */
const MAX_WAITING_BYTES = 262_144;

/** Begins the answer to a reader. */
export function openReader(query: URLSearchParams, response: ServerResponse): Reader {
  const isDeniedOnly = query.get('denied') === '1';
  const service = query.get('service');
  let dropped = 0;
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  return {
    wants: ({ isDenied, services }) =>
      (isDenied || !isDeniedOnly) && (service === null || services.includes(service)),
    take: (line) => {
      if (line === undefined || response.writableLength > MAX_WAITING_BYTES) {
        dropped += 1;
        return false;
      }
      if (dropped > 0) response.write(`{"msg":"dropped","lines":${dropped}}\n`);
      dropped = 0;
      response.write(`${line}\n`);
      return true;
    },
  };
}
