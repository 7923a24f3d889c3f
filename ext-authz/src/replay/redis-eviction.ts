import { isCluster, type RedisClient } from '@paymesh/common/redis';
import type { Redis } from 'ioredis';

/** Tells of each server that may evict a nonce before its time, whenever a connection to one is made. */
export function watchEviction(redis: RedisClient, onTrouble: (message: string) => void): void {
  const watch = (server: Redis) => server.on('ready', () => void checkEviction(server, onTrouble));
  if (isCluster(redis)) redis.on('+node', watch);
  else watch(redis);
}

/** Some hosted servers do not tell their settings: then this check is the operator's. */
async function checkEviction(redis: Redis, onTrouble: (message: string) => void): Promise<void> {
  const settings = await redis.config('GET', 'maxmemory*').catch((): string[] => []);
  const read = (name: string) => settings[settings.indexOf(name) + 1];
  const policy = settings.includes('maxmemory-policy') ? read('maxmemory-policy') : 'noeviction';
  if (policy === 'noeviction' || read('maxmemory') === '0') return;
  onTrouble(`maxmemory-policy is ${policy}: evicted nonces can be replayed; set it to noeviction`);
}
