import type { Redis } from 'ioredis';

import { isCluster, type RedisClient } from './client.ts';

/** The start waits so long for the first connection. */
const FIRST_CONNECT_MS = 2_000;
const RESTART_MS = 500;

/**
 * Connects, and resolves once the first attempt has ended, well or not, after two seconds at most. A client that
 * has given up is started again, until the function that it resolves with disconnects it. Never rejects: what
 * goes wrong is told by the client's `error` event.
 */
export async function keepConnected(redis: RedisClient): Promise<() => void> {
  let isStopped = false;
  // A node is connected when it is first needed, and fails every command that comes meanwhile.
  if (isCluster(redis)) redis.on('+node', (node: Redis) => void node.connect().catch(() => undefined));
  redis.on('end', () => {
    if (isStopped) return;
    setTimeout(() => {
      if (!isStopped) connectAll(redis).catch(() => undefined);
    }, RESTART_MS).unref();
  });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, FIRST_CONNECT_MS);
    const settle = (): void => {
      clearTimeout(timer);
      resolve();
    };
    connectAll(redis).then(settle, settle);
  });
  return () => {
    isStopped = true;
    redis.disconnect();
  };
}

/** To all nodes of a cluster. Rejects when it cannot; it goes on trying all the same. */
async function connectAll(redis: RedisClient): Promise<void> {
  if (!isCluster(redis)) return redis.connect();
  await redis.connect();
  await Promise.all(redis.nodes('master').map((node) => node.ping()));
}
