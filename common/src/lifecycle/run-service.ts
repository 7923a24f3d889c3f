import type { Logger } from '../log/index.ts';

/** A started service, as its main program sees it. */
export interface Running {
  /** Name to `HOST:PORT`, printed on the `ready` line. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Stops taking work, finishes what is under way, frees everything. Called once. */
  stop(): Promise<void>;
}

export interface ServiceMain {
  readonly log: Logger;
  /** Binds and starts everything; a rejection ends the process with exit code 1 and its message. */
  readonly start: () => Promise<Running>;
  /** Longest time that `stop` may take, in milliseconds, before the process exits anyway. Default 10 000. */
  readonly graceMs?: number;
}

const DEFAULT_GRACE_MS = 10_000;

/**
 * Runs a service as the whole of this process: starts it, prints one `ready` line with
 * its addresses, stops it on SIGTERM or SIGINT, exits 0 after a clean stop and 1 otherwise.
 */
export async function runService({ log, start, graceMs = DEFAULT_GRACE_MS }: ServiceMain): Promise<void> {
  const stopAsked = signal();
  process.on('uncaughtException', (error) => exitWith(log, error, 'uncaught error'));
  process.on('unhandledRejection', (error) => exitWith(log, error, 'unhandled rejection'));
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    exitWith(log, error, 'could not start');
    return;
  }
  log.info({ ...running.addresses, pid: process.pid }, 'ready');
  const name = await stopAsked;
  log.info({ signal: name }, 'stopping');
  const deadline = setTimeout(() => {
    log.error({ graceMs }, 'did not stop in time');
    process.exit(1);
  }, graceMs);
  await running.stop();
  clearTimeout(deadline);
  log.info('stopped');
  process.exit(0);
}

function signal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}

function exitWith(log: Logger, error: unknown, event: string): void {
  const reason = error instanceof Error ? error.message : String(error);
  log.fatal({ err: error }, `${event}: ${reason}`);
  process.exit(1);
}
