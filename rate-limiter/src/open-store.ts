import { type Clock, systemClock } from '@paymesh/common/clock';
import type { Logger } from '@paymesh/common/log';
import { type RedisFiles, readRedisAccess } from '@paymesh/common/redis';

import { RateLimiterError } from './error.ts';
import type { RateLimiterMetrics } from './metrics.ts';
import {
  type CounterStore,
  createBreaker,
  createEmbeddedStore,
  createLeasingStore,
  createMeteredStore,
  openKeptStore,
  openRedisStore,
} from './store/index.ts';

export interface StoreOptions {
  /** One of the forms of `parseRedisUrl`; never printed. Absent: counters are kept in this process. */
  readonly redisUrl?: string | undefined;
  /** PEM files for TLS to that Redis. */
  readonly redisFiles?: RedisFiles | undefined;
  /** Longest wait for Redis, in milliseconds. Default 10. */
  readonly storeTimeoutMs?: number;
  /** Most counters kept in this process. Default 2 000 000. */
  readonly maxCounters?: number | undefined;
  /** Keeps counters of more than a minute without Redis; default: they are gone with the process. */
  readonly countersFile?: string | undefined;
  /** Default: the clock of this machine. */
  readonly clock?: Clock;
}

/** A small file is read before anybody would ask. */
const PROGRESS_EVERY_MS = 1_000;

/** The store of a limiter, measured; Redis behind a breaker and leases. Rejects where options cannot be right. */
export async function openStore(
  options: StoreOptions,
  metrics: RateLimiterMetrics,
  log: Logger,
): Promise<CounterStore> {
  const { redisUrl, storeTimeoutMs } = options;
  metrics.setFallback(false);
  if (redisUrl === undefined) {
    return createMeteredStore(await openEmbedded(options, metrics, log), metrics.observeStore);
  }
  let forgetDenials = (): void => undefined;
  const access = await readRedisAccess({ url: redisUrl, files: options.redisFiles });
  metrics.setCertificates(access.certificates);
  const redis = await openRedisStore({
    ...access,
    ...(storeTimeoutMs !== undefined && { timeoutMs: storeTimeoutMs }),
    onConnection: ({ isUp, reason }) => {
      if (isUp) log.info('connected to Redis');
      else log.warn({ reason }, 'no connection to Redis');
      if (!isUp) forgetDenials();
    },
  });
  const breaker = createBreaker(createMeteredStore(redis, metrics.observeStore), {
    onChange: ({ node, isOpen, isAnyOpen, reason }) => {
      metrics.setFallback(isAnyOpen);
      const where = node === '' ? {} : { node };
      if (isOpen) log.error({ ...where, reason }, 'the store is away: limits fall back');
      else log.info(where, 'the store is back: limits count again');
    },
  });
  const leasing = createLeasingStore({ store: breaker });
  forgetDenials = () => leasing.forgetDenials();
  return leasing;
}

async function openEmbedded(
  { maxCounters, countersFile: path, clock = systemClock }: StoreOptions,
  metrics: RateLimiterMetrics,
  log: Logger,
): Promise<CounterStore> {
  if (path === undefined) return createEmbeddedStore({ maxCounters });
  try {
    return await openKeptStore({
      maxCounters,
      path,
      nowMs: clock.now(),
      onProgress: createProgressLog(log),
      onLost: (counters) => log.error({ counters }, 'no room for counters of the file: they count from 0'),
      onChange: (isKept, reason) => {
        metrics.setUnkept(!isKept);
        if (isKept) log.info('counters are kept in their file again');
        else log.error({ reason }, 'counters are not kept: a restart would forget what is counted now');
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RateLimiterError('counters_unreadable', `cannot keep counters: ${reason}`, { cause: error });
  }
}

function createProgressLog(log: Logger): (readBytes: number, allBytes: number) => void {
  let toldMs = performance.now();
  return (readBytes, allBytes) => {
    if (performance.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = performance.now();
    log.info({ readBytes, allBytes }, 'reading the counters of the file');
  };
}
