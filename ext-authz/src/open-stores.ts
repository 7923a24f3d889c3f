import type { Logger } from '@paymesh/common/log';
import type { RedisCertificates, RedisFiles } from '@paymesh/common/redis';

import { logTrouble } from './log-trouble.ts';
import { openRedis } from './redis.ts';
import { type NonceFile, type NonceStore, openNonceFile } from './replay/index.ts';

export interface StoreOptions {
  /**
   * Keeps all nonces in this Redis, also those of policies that say `embedded`: who names a Redis has
   * several replicas, and a nonce must be used up on all of them. Default: in this process.
   */
  readonly redisUrl?: string | undefined;
  /** PEM files for TLS to that Redis. */
  readonly redisFiles?: RedisFiles | undefined;
  /** File in which nonces of the store in this process outlast it. Default: a restart forgets them. */
  readonly nonceFile?: string | undefined;
}

export interface OpenStores {
  readonly redis: NonceStore | undefined;
  readonly nonceFile: NonceFile | undefined;
  /** With which Redis is talked to; empty without one. */
  readonly certificates: RedisCertificates;
}

/** Opens what nonces are kept in. Rejects when an option cannot be right; a Redis may come later. */
export async function openStores(options: StoreOptions, log: Logger): Promise<OpenStores> {
  const { redisUrl, redisFiles, nonceFile: path } = options;
  const opened =
    redisUrl === undefined ? undefined : await openRedis({ url: redisUrl, files: redisFiles }, log);
  const redis = opened?.store;
  const certificates = opened?.certificates ?? {};
  if (path === undefined) return { redis, nonceFile: undefined, certificates };
  try {
    const onTrouble = logTrouble(log, 'nonce file: requests are denied while it cannot be written');
    return { redis, nonceFile: await openNonceFile({ path, onTrouble }), certificates };
  } catch (error) {
    await redis?.close();
    throw error;
  }
}
