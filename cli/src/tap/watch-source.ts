import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';

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
const OK = 200;

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
    // Not by fetch, which gives up a body that is silent for five minutes: a mesh may be.
    const asked = get(`http://${source.admin}${PATH}?${query.toString()}`, { headers, signal: stopped });
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    if (response.statusCode !== OK) {
      response.destroy();
      return { isReached, why: `${source.admin}${PATH} answered ${response.statusCode}` };
    }
    isReached = true;
    // An error of the stream ends the lines: it is not told to them.
    const broken = new Promise<string>((resolve) =>
      response.once('error', (error) => resolve(error.message)),
    );
    asked.on('error', () => undefined);
    for await (const line of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY }))
      onLine(line);
    const why = await Promise.race([broken, Promise.resolve('it ended')]);
    return stopped.aborted ? undefined : { isReached, why };
  } catch (error) {
    if (stopped.aborted) return undefined;
    return { isReached, why: error instanceof Error ? error.message : String(error) };
  }
}
