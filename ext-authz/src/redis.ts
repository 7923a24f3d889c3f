import type { Logger } from '@paymesh/common/log';
import { type RedisCertificates, type RedisOptions, readRedisAccess } from '@paymesh/common/redis';

import { logTrouble } from './log-trouble.ts';
import { type NonceStore, openRedisStore } from './replay/index.ts';

export interface OpenRedis {
  readonly store: NonceStore;
  /** As they were read. */
  readonly certificates: RedisCertificates;
}

/** The Redis store of these options, with its troubles in the log. Rejects when they cannot be right. */
export async function openRedis(options: RedisOptions, log: Logger): Promise<OpenRedis> {
  const access = await readRedisAccess(options);
  const onTrouble = logTrouble(log, 'redis: signed requests are denied while it cannot answer');
  return { store: await openRedisStore({ ...access, onTrouble }), certificates: access.certificates };
}
