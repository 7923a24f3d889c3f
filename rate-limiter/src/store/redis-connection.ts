import { Redis } from 'ioredis';

import { TAKE_SCRIPT } from './redis-script.ts';

/** Told when the connection comes and goes. */
export type OnConnection = (event: { readonly isUp: boolean; readonly reason: string }) => void;

const CONNECT_TIMEOUT_MS = 1_000;
/** A connection that is already gone would hold the process that long. */
const DISCONNECT_TIMEOUT_MS = 100;
/** A connection on which nothing comes back for so long is given up: its other end may be gone without a word. */
const SILENCE_TIMEOUT_MS = 1_000;
/** A server that takes no writes any more is left at most so often, for the address may not lead elsewhere yet. */
const LEAVE_INTERVAL_MS = 1_000;
const RECONNECT_STEP_MS = 50;
/** Why a connection went, where no error says it. */
const CLOSED = 'connection closed';
const MAX_RECONNECT_MS = 500;

/** Connects, and waits for it at most one second; after that the connection comes up by itself, whenever it can. */
export async function openRedis(url: string, onConnection: OnConnection): Promise<Redis> {
  const redis = new Redis(url, {
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    socketTimeout: SILENCE_TIMEOUT_MS,
    reconnectOnError: leavesReplica(),
    // A command that was under way when the connection broke may have counted: it is not sent again.
    autoResendUnfulfilledCommands: false,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * RECONNECT_STEP_MS, MAX_RECONNECT_MS),
  });
  watch(redis, onConnection);
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, CONNECT_TIMEOUT_MS);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
  return redis;
}

/** After a failover the old master answers on, as a replica: the address leads to the new one only when dialled anew. */
function leavesReplica(): (error: Error) => boolean {
  let leftMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const nowMs = performance.now();
    if (!message.startsWith('READONLY') || nowMs - leftMs < LEAVE_INTERVAL_MS) return false;
    leftMs = nowMs;
    return true;
  };
}

function watch(redis: Redis, onConnection: OnConnection): void {
  let isUp: boolean | undefined;
  let reason = CLOSED;
  const report = (nowUp: boolean, text: string): void => {
    if (isUp === nowUp) return;
    isUp = nowUp;
    onConnection({ isUp, reason: text });
  };
  redis.on('error', (error: Error) => {
    reason = error.message;
  });
  redis.on('close', () => report(false, reason));
  redis.on('ready', () => {
    report(true, 'connected');
    reason = CLOSED;
    // Only to spare the first call a second trip: a call that finds no script sends it along.
    redis.script('LOAD', TAKE_SCRIPT.lua).catch(() => undefined);
  });
}
