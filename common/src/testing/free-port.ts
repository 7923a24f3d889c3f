import { createServer } from 'node:net';

/**
 * Between the ports of the sample mesh with its offsets and those that the system gives to whoever connects: one of
 * those could be taken by any connection between the choice of a port and its use.
 */
const FIRST = 29_000;
const LAST = 32_700;
const MAX_TRIES = 1_000;
const given = new Set<number>();

/** A TCP port of the loopback address that was free a moment ago; never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${FIRST} and ${LAST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
