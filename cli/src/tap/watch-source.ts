import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';

/** A service whose decisions can be watched. */
export interface TapSource {
  readonly name: 'ext-authz' | 'rate-limiter';
  /** `HOST:PORT` of its admin port. */
  readonly admin: string;
  /** Of that port, where it has one. */
  readonly token: string | undefined;
}

export interface WatchOptions {
  readonly isDeniedOnly: boolean;
  /** `namespace/name`. Undefined: all. */
  readonly service: string | undefined;
  readonly onLine: (line: string) => void;
  readonly stopped: AbortSignal;
}

const PATH = '/decisions';

/**
 * Reads the decisions of one service until it ends or the signal stops it. Gives why it ended, undefined when it was
 * stopped; `isReached` tells whether it ever answered.
 */
export async function watchSource(
  source: TapSource,
  { isDeniedOnly, service, onLine, stopped }: WatchOptions,
): Promise<{ readonly isReached: boolean; readonly why: string } | undefined> {
  const query = new URLSearchParams({
    ...(isDeniedOnly ? { denied: '1' } : {}),
    ...(service === undefined ? {} : { service }),
  });
  const headers: Record<string, string> =
    source.token === undefined ? {} : { authorization: `Bearer ${source.token}` };
  let isReached = false;
  try {
    const response = await fetch(`http://${source.admin}${PATH}?${query.toString()}`, {
      headers,
      signal: stopped,
    });
    if (!response.ok || response.body === null) {
      return { isReached, why: `${source.admin}${PATH} answered ${response.status}` };
    }
    isReached = true;
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    // An error of the stream ends the lines: it is not told to them.
    const broken = new Promise<string>((resolve) => body.once('error', (error) => resolve(error.message)));
    for await (const line of createInterface({ input: body, crlfDelay: Number.POSITIVE_INFINITY }))
      onLine(line);
    const why = await Promise.race([broken, Promise.resolve('it ended')]);
    return stopped.aborted ? undefined : { isReached, why };
  } catch (error) {
    if (stopped.aborted) return undefined;
    return { isReached, why: error instanceof Error ? error.message : String(error) };
  }
}
