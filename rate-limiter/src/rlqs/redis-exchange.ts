import { createRedisClient, keepConnected, type RedisAccess } from '@paymesh/common/redis';

import { PEER_TTL_MS } from './limits.ts';
import type { PeerExchange } from './peers.ts';

/** One slot for all keys, so that a cluster takes them in one trip. */
const PREFIX = '{paymesh:quota}:';
const REPLICAS = `${PREFIX}replicas`;

/** MGET wants one key at least. */
const NOBODY = `${PREFIX}nobody`;

/** Words of replicas in Redis, one trip for each exchange: a replica that joins is heard with the second. */
export async function openRedisExchange({ target, certificates }: RedisAccess): Promise<PeerExchange> {
  const redis = await createRedisClient(target, certificates);
  // The exchange that fails because of it says so.
  redis.on('error', () => undefined);
  const connected = keepConnected(redis);
  let known: readonly string[] = [];
  return {
    exchange: async (replica, words) => {
      const nowMs = Date.now();
      const results = await redis
        .pipeline()
        .set(PREFIX + replica, words, 'PX', PEER_TTL_MS)
        .zadd(REPLICAS, nowMs, replica)
        .zremrangebyscore(REPLICAS, '-inf', String(nowMs - PEER_TTL_MS))
        .zrange(REPLICAS, '0', '-1')
        .mget([NOBODY, ...known.map((name) => PREFIX + name)])
        .exec();
      const [, , , names, said] = (results ?? []).map(([error, value]) => {
        if (error !== null) throw error;
        return value;
      });
      const [, ...texts] = textsOf(said);
      const all = new Map(
        known.flatMap((name, index) => {
          const text = texts[index];
          return text === undefined ? [] : [[name, text] as const];
        }),
      );
      known = textsOf(names).flatMap((name) => (name === undefined || name === replica ? [] : [name]));
      return all;
    },
    close: () => void connected.then((disconnect) => disconnect()),
  };
}

function textsOf(value: unknown): readonly (string | undefined)[] {
  return Array.isArray(value) ? value.map((one: unknown) => (typeof one === 'string' ? one : undefined)) : [];
}
