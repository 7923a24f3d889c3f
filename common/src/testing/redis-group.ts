import type { RedisProcess } from './redis-process.ts';

/** Starts several servers one after the other; when one fails, those before it are stopped. */
export async function startGroup(starts: readonly (() => Promise<RedisProcess>)[]): Promise<RedisProcess[]> {
  const started: RedisProcess[] = [];
  try {
    for (const start of starts) started.push(await start());
    return started;
  } catch (error) {
    await stopGroup(started);
    throw error;
  }
}

/** Stops all of them. */
export async function stopGroup(servers: readonly RedisProcess[]): Promise<void> {
  await Promise.all(servers.map((server) => server.stop()));
}
