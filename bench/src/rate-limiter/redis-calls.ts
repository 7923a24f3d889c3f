import { Redis } from 'ioredis';

/** Operations that a Redis was asked for by clients: its scripts count as one each. */
const OPERATIONS: ReadonlySet<string> = new Set(['eval', 'evalsha', 'fcall']);

/** How many there were since it started. */
export async function scriptCalls(url: string): Promise<number> {
  const redis = new Redis(url);
  try {
    const text = await redis.info('commandstats');
    const calls = [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
    return calls.reduce((sum, [, name = '', count]) => sum + (OPERATIONS.has(name) ? Number(count) : 0), 0);
  } finally {
    redis.disconnect();
  }
}
