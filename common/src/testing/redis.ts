import { freePort } from './free-port.ts';
import { type RedisProcess, spawnRedis } from './redis-process.ts';

/** Nothing is kept on disk. */
export const IN_MEMORY = ['save ""', 'appendonly no'];

/** A real redis-server on a free loopback port, without persistence. */
export async function startRedis(port?: number): Promise<RedisProcess> {
  return spawnRedis({ port: port ?? (await freePort()), config: IN_MEMORY });
}
