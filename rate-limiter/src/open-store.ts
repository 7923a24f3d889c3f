import type { Logger } from '@paymesh/common/log';
import { type RedisFiles, readRedisAccess } from '@paymesh/common/redis';

import type { RateLimiterMetrics } from './metrics.ts';
import {
  type CounterStore,
  createBreaker,
  createEmbeddedStore,
  createLeasingStore,
  createMeteredStore,
  openRedisStore,
} from './store/index.ts';

export interface StoreOptions {
  /** One of the forms of `parseRedisUrl`; never printed. Absent: counters are kept in this process. */
  readonly redisUrl?: string | undefined;
  /** PEM files for TLS to that Redis. */
  readonly redisFiles?: RedisFiles | undefined;
  /** Longest wait for Redis, in milliseconds. Default 10. */
  readonly storeTimeoutMs?: number;
  /** Most counters kept in this process. Default 1 000 000. */
  readonly maxCounters?: number;
}

/** The store of a limiter, measured; Redis behind a breaker and leases. Rejects where the options of Redis cannot be right. */
export async function openStore(
  options: StoreOptions,
  metrics: RateLimiterMetrics,
  log: Logger,
): Promise<CounterStore> {
  const { redisUrl, storeTimeoutMs, maxCounters } = options;
  metrics.setFallback(false);
  if (redisUrl === undefined) {
    const embedded = createEmbeddedStore(maxCounters === undefined ? {} : { maxCounters });
    return createMeteredStore(embedded, metrics.observeStore);
  }
  let forgetDenials = (): void => undefined;
  const redis = await openRedisStore({
    ...(await readRedisAccess({ url: redisUrl, files: options.redisFiles })),
    ...(storeTimeoutMs !== undefined && { timeoutMs: storeTimeoutMs }),
    onConnection: ({ isUp, reason }) => {
      if (isUp) log.info('connected to Redis');
      else log.warn({ reason }, 'no connection to Redis');
      if (!isUp) forgetDenials();
    },
  });
  const breaker = createBreaker(createMeteredStore(redis, metrics.observeStore), {
    onChange: (isOpen, reason) => {
      metrics.setFallback(isOpen);
      if (isOpen) log.error({ reason }, 'the store is away: limits fall back');
      else log.info('the store is back: limits count again');
    },
  });
  const leasing = createLeasingStore({ store: breaker });
  forgetDenials = () => leasing.forgetDenials();
  return leasing;
}
