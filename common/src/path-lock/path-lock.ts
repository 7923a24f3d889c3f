import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { link, readdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { basename, dirname } from 'node:path';

/** Held by one process at a time, until it lets go or ends in whatever way. */
export interface PathLock {
  release(): Promise<void>;
}

/** Bytes of a socket's path on macOS; Linux takes 107. */
const MAX_SOCKET_PATH_BYTES = 103;
/** Of the names beside the path: a point and eight digits. */
const SUFFIX_BYTES = 9;

/**
 * Locks a path with a Unix socket `PATH.N` that listens as long as its process lives: nothing to wait for
 * after SIGKILL, and no process id, which means another process in another container. It holds among
 * processes of one machine. A lock without a listener is never removed, but followed by the next N, which
 * one process alone can make, so no two take it over. Rejects when another process has it.
 */
export async function lockPath(path: string): Promise<PathLock> {
  if (Buffer.byteLength(path) + SUFFIX_BYTES > MAX_SOCKET_PATH_BYTES) {
    throw new Error(`${path} is too long for a lock: at most ${MAX_SOCKET_PATH_BYTES - SUFFIX_BYTES} bytes`);
  }
  // Node removes the name on which a server listened, so that is never the name of the lock itself.
  const own = `${path}.${randomBytes(4).toString('hex')}`;
  const server = await listen(own);
  let isTaken = false;
  try {
    isTaken = await take(own, path);
  } finally {
    await rm(own, { force: true });
    if (!isTaken) await close(server);
  }
  if (!isTaken) throw new Error(`another process holds ${path}: each replica needs a file of its own`);
  // The lock alone keeps no process alive.
  server.unref();
  return { release: () => close(server) };
}

async function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    throw new Error(`cannot lock ${path}: ${String(error)}`, { cause: error });
  }
}

async function take(own: string, path: string): Promise<boolean> {
  const last = (await numbersOf(path)).at(-1) ?? 0;
  if (last > 0 && (await hasListener(nameOf(path, last)))) return false;
  const mine = last + 1;
  if (!(await tryLink(own, nameOf(path, mine)))) return false;
  const numbers = await numbersOf(path);
  // Slower than others that came after the same one: `mine` was theirs, and is over.
  if (numbers.some((number) => number > mine)) {
    await rm(nameOf(path, mine), { force: true });
    return false;
  }
  // The highest is never removed, not at a release either.
  for (const number of numbers) if (number < mine) await rm(nameOf(path, number), { force: true });
  return true;
}

/** In ascending order. */
async function numbersOf(path: string): Promise<readonly number[]> {
  const prefix = `${basename(path)}.n`;
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(prefix));
  const numbers = names.map((name) => Number(name.slice(prefix.length)));
  return numbers.filter(Number.isSafeInteger).toSorted((one, other) => one - other);
}

function nameOf(path: string, number: number): string {
  return `${path}.n${number}`;
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw new Error(`cannot lock ${to}: ${String(error)}`, { cause: error });
  }
}

async function hasListener(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    // Anything else, such as no permission, may be a holder that cannot be asked.
    return !isCode(error, 'ECONNREFUSED') && !isCode(error, 'ENOENT');
  } finally {
    socket.destroy();
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
