import type { Logger } from '../log/index.ts';

/** A started service, as its main program sees it. */
export interface Running {
  /** Name to `HOST:PORT`, printed on the `ready` line. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Stops taking work, finishes what is under way, frees everything. Called once. */
  stop(): Promise<void>;
}

/** What a service touches of its process; a test gives a fake. */
export interface ServiceProcess {
  readonly pid: number;
  once(event: 'SIGTERM' | 'SIGINT', listener: (signal: NodeJS.Signals) => void): unknown;
  on(event: 'uncaughtException' | 'unhandledRejection', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

export interface ServiceMain {
  readonly log: Logger;
  /** Binds and starts everything; a rejection ends the process with exit code 1 and its message. */
  readonly start: () => Promise<Running>;
  /** Longest time that `stop` may take, in milliseconds, before the process exits anyway. Default 10 000. */
  readonly graceMs?: number;
  /** Default the process this runs in. */
  readonly host?: ServiceProcess;
}

const DEFAULT_GRACE_MS = 10_000;

/**
 * Runs a service as the whole of this process: starts it, prints one `ready` line with
 * its addresses, stops it on SIGTERM or SIGINT, exits 0 after a clean stop and 1 otherwise.
 * The same signal a second time ends the process at once.
 */
export async function runService(main: ServiceMain): Promise<void> {
  const { log, start, graceMs = DEFAULT_GRACE_MS, host = process } = main;
  const stopAsked = signal(host);
  host.on('uncaughtException', (error) => exitWith(main, error, 'uncaught error'));
  host.on('unhandledRejection', (error) => exitWith(main, error, 'unhandled rejection'));
  let running: Running;
  try {
    running = await start();
  } catch (error) {
    // A port in use, a folder that is not there: for whoever started it, one sentence without a stack.
    log.debug({ err: error }, 'why it could not start');
    log.fatal(`could not start: ${reasonOf(error)}`);
    host.exit(1);
    return;
  }
  log.info({ ...running.addresses, pid: host.pid }, 'ready');
  const name = await stopAsked;
  log.info({ signal: name }, 'stopping');
  const deadline = setTimeout(() => {
    log.error({ graceMs }, 'did not stop in time');
    host.exit(1);
  }, graceMs);
  try {
    await running.stop();
  } catch (error) {
    exitWith(main, error, 'could not stop cleanly');
    return;
  } finally {
    clearTimeout(deadline);
  }
  log.info('stopped');
  host.exit(0);
}

function signal(host: ServiceProcess): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    host.once('SIGTERM', resolve);
    host.once('SIGINT', resolve);
  });
}

function exitWith({ log, host = process }: ServiceMain, error: unknown, event: string): void {
  log.fatal({ err: error }, `${event}: ${reasonOf(error)}`);
  host.exit(1);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
