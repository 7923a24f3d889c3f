import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';

/** Held by one process at a time, until it lets go or ends in whatever way. */
export interface PathLock {
  release(): Promise<void>;
}

/** Bytes of a socket's path on Linux; macOS takes 103. */
const MAX_PATH_BYTES = 103;
/** The name under which a socket without a listener is put aside. */
const ASIDE_SUFFIX = '.o';

/**
 * Locks a path by listening on a Unix socket of that name, which the kernel takes back when the process
 * dies: nothing to wait for after SIGKILL, and no process id that means another process in another
 * container. It holds among processes of one machine. Rejects when another process has it.
 */
export async function lockPath(path: string): Promise<PathLock> {
  if (Buffer.byteLength(path + ASIDE_SUFFIX) > MAX_PATH_BYTES) {
    throw new Error(`the path ${path} is too long for a lock: at most ${MAX_PATH_BYTES - 2} bytes`);
  }
  const server = (await tryListen(path)) ?? (await takeOver(path));
  if (server === undefined) {
    throw new Error(`another process holds ${path}: each replica needs a file of its own`);
  }
  // The lock alone keeps no process alive.
  server.unref();
  return {
    release: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** Undefined when there is a socket of this name, with or without a listener. */
async function tryListen(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  server.listen(path);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (isCode(error, 'EADDRINUSE')) return undefined;
    throw new Error(`cannot lock ${path}: ${String(error)}`, { cause: error });
  }
}

/**
 * Where nobody listens any more, the socket is moved away and looked at again: of two processes that
 * both came here, the second may have moved the lock of the first, and gives it back.
 */
async function takeOver(path: string): Promise<Server | undefined> {
  if (await isHeld(path)) return undefined;
  const aside = path + ASIDE_SUFFIX;
  await rename(path, aside).catch(() => undefined);
  if (await isHeld(aside)) {
    await rename(aside, path);
    return undefined;
  }
  await rm(aside, { force: true });
  return tryListen(path);
}

async function isHeld(path: string): Promise<boolean> {
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

function isCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
