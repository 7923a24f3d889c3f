import type { RedisClient } from '@paymesh/common/redis';

/** Told when the connection comes and goes; of a cluster, that to all of it. */
export type OnConnection = (event: { readonly isUp: boolean; readonly reason: string }) => void;

/** Why a connection went, where no error says it. */
const CLOSED = 'connection closed';

/** Tells of each change once, and why. */
export function watchConnection(redis: RedisClient, onConnection: OnConnection): void {
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
  });
}
