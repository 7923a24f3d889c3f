import type { ServerResponse } from 'node:http';

import type { Clock } from '../clock/index.ts';
import { Counter, Gauge, type Registry } from '../metrics/index.ts';
import { openReader, type Reader } from './reader.ts';
import type { TapEntry } from './tap-entry.ts';

export interface TapOptions {
  readonly registry: Registry;
  readonly clock: Clock;
}

/** The decisions of this process while somebody watches. Nothing here waits for a reader. */
export interface Tap {
  /** False when nobody watches: the entry need not be made. */
  readonly isWatched: () => boolean;
  readonly publish: (entry: TapEntry) => void;
  /**
   * Answers with lines of JSON until the caller goes. The query: `denied=1` for denials only, `service=NS/NAME` for one
   * service. What a reader was too slow for is left out, and a line `{"msg":"dropped","lines":N}` says so.
   */
  readonly serve: (query: URLSearchParams, response: ServerResponse) => void;
}

const MAX_READERS = 8;
/** Lines in a second, of all readers together: watching must not slow down what is watched. */
const MAX_LINES_PER_SECOND = 1_000;
const MS_PER_SECOND = 1_000;

/** A tap that nobody watches yet. */
export function createTap({ registry, clock }: TapOptions): Tap {
  const readers = new Set<Reader>();
  const dropped = addMetrics(registry, () => readers.size);
  let second = 0;
  let lines = 0;

  function isWithinRate(): boolean {
    const now = Math.floor(clock.now() / MS_PER_SECOND);
    if (now !== second) [second, lines] = [now, 0];
    lines += 1;
    return lines <= MAX_LINES_PER_SECOND;
  }

  return {
    isWatched: () => readers.size > 0,
    publish: (entry) => {
      const wanted = [...readers].filter((reader) => reader.wants(entry));
      if (wanted.length === 0) return;
      const line = isWithinRate() ? entry.line() : undefined;
      for (const reader of wanted) if (!reader.take(line)) dropped.inc();
    },
    serve: (query, response) => {
      if (readers.size >= MAX_READERS) {
        response.writeHead(503, { 'content-type': 'application/json' });
        response.end(`{"error":"${MAX_READERS} others watch already"}\n`);
        return;
      }
      const reader = openReader(query, response);
      readers.add(reader);
      response.once('close', () => readers.delete(reader));
    },
  };
}

function addMetrics(registry: Registry, countReaders: () => number): Counter {
  const readers: Gauge = new Gauge({
    name: 'paymesh_tap_readers',
    help: 'Those who watch the decisions of this process.',
    registers: [registry],
    collect: (): void => readers.set(countReaders()),
  });
  return new Counter({
    name: 'paymesh_tap_dropped_total',
    help: 'Lines that a reader wanted and did not get: it was too slow, or there were too many in a second.',
    registers: [registry],
  });
}
