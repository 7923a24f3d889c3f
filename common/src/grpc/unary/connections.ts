import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

import { LIMITS } from '../limits.ts';

/** The connections of a server, from the first to the last byte. */
export interface Connections {
  addSocket(socket: Socket): void;
  addSession(session: ServerHttp2Session): void;
  /** Lets no new calls begin; a connection closes with its last call. */
  finish(): void;
  /** Closes all that is left. */
  cut(): void;
}

/** Keeps connections alive and ends them. */
export function createConnections(): Connections {
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  return {
    addSocket: (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    },
    addSession: (session) => {
      sessions.add(session);
      const stopPinging = keepAlive(session);
      session.once('close', () => {
        stopPinging();
        sessions.delete(session);
      });
    },
    finish: () => {
      // Its GOAWAY names the last call that is answered; a first GOAWAY that takes all back is no help here, for
      // nghttp2 reads no more after it once no call is under way, nor a ping that would end the wait.
      for (const session of sessions) session.close();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Pings a connection again and again; one that does not answer is destroyed. Gives the way to stop. */
function keepAlive(session: ServerHttp2Session): () => void {
  let overdue: NodeJS.Timeout | undefined;
  const timer = setInterval(() => {
    if (session.closed || session.destroyed) return;
    overdue ??= setTimeout(() => session.destroy(), LIMITS.keepaliveTimeoutMs);
    session.ping((error) => {
      if (error !== null) return;
      clearTimeout(overdue);
      overdue = undefined;
    });
  }, LIMITS.keepaliveMs);
  return () => {
    clearInterval(timer);
    clearTimeout(overdue);
  };
}
