import type { Logger } from '@paymesh/common/log';
import { type RedisOptions, readRedisAccess } from '@paymesh/common/redis';

import { logTrouble } from './log-trouble.ts';
import { type NonceStore, openRedisStore } from './replay/index.ts';

/** The Redis store of these options, with its troubles in the log. Rejects when they cannot be right. */
export async function openRedis(options: RedisOptions, log: Logger): Promise<NonceStore> {
  const access = await readRedisAccess(options);
  const onTrouble = logTrouble(log, 'redis: signed requests are denied while it cannot answer');
  return openRedisStore({ ...access, onTrouble });
}
