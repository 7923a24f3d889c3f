import { type RedisFiles, readRedisAccess } from '@paymesh/common/redis';

import { openRedisStore, type ProbedStore, type RedisStoreOptions } from '../store/index.ts';

/** Options of the store of a test: its Redis by URL. */
export type TestRedisOptions = Omit<RedisStoreOptions, 'target' | 'certificates'> & {
  readonly url: string;
  readonly files?: RedisFiles;
};

/** Generous: these tests share their cores with others. */
const PATIENT_MS = 2_000;

/** A store on a real Redis, patient where the options do not say otherwise. */
export async function openTestRedis({ url, files, ...more }: TestRedisOptions): Promise<ProbedStore> {
  const access = await readRedisAccess({ url, files });
  return openRedisStore({ timeoutMs: PATIENT_MS, ...access, ...more });
}
