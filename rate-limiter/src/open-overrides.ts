import type { Logger } from '@paymesh/common/log';
import { createRedisClient, keepConnected, type RedisFiles, readRedisAccess } from '@paymesh/common/redis';

import { RateLimiterError } from './error.ts';
import { createRedisOverrides, type OverrideStore, openFileOverrides } from './override-store/index.ts';

export interface OverridesOptions {
  /** Where all replicas keep them. */
  readonly redisUrl?: string | undefined;
  /** PEM files for TLS to that Redis. */
  readonly redisFiles?: RedisFiles | undefined;
  /** Where this process keeps them without Redis. Default: nowhere. */
  readonly overridesFile?: string | undefined;
}

/** The overrides of a limiter. Rejects when the file is no list of overrides. */
export async function openOverrides(
  { redisUrl, redisFiles, overridesFile }: OverridesOptions,
  log: Logger,
): Promise<OverrideStore> {
  if (redisUrl === undefined) {
    return openFileOverrides(overridesFile).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RateLimiterError(
        'overrides_unreadable',
        `cannot read the overrides of ${overridesFile}: ${reason}`,
        {
          cause: error,
        },
      );
    });
  }
  // A connection of its own: reading many overrides holds up no count.
  const { target, certificates } = await readRedisAccess({ url: redisUrl, files: redisFiles });
  const redis = await createRedisClient(target, certificates);
  // The store tells when it cannot read.
  redis.on('error', () => undefined);
  return createRedisOverrides({ redis, log, disconnect: await keepConnected(redis) });
}
