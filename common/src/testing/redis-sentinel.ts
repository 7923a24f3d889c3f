import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { IN_MEMORY } from './redis.ts';
import { startGroup, stopGroup } from './redis-group.ts';
import { expectReply, type RedisProcess, spawnRedis } from './redis-process.ts';

export interface RedisSentinel {
  /** `redis+sentinel://127.0.0.1:PORT/main`. */
  readonly url: string;
  readonly master: RedisProcess;
  readonly replica: RedisProcess;
  readonly sentinel: RedisProcess;
  stop(): Promise<void>;
}

/** The sentinel calls a master dead after so long without an answer. */
const DOWN_AFTER_MS = 500;
const FORM_TIMEOUT_MS = 15_000;

/** A real master, its replica, and one sentinel whose word is enough for a failover. */
export async function startRedisSentinel(): Promise<RedisSentinel> {
  const [masterPort, replicaPort, port] = [await freePort(), await freePort(), await freePort()];
  const servers = await startGroup([
    () => spawnRedis({ port: masterPort, config: [...IN_MEMORY, 'repl-diskless-sync-delay 0'] }),
    () => startReplica(replicaPort, masterPort),
    () => startSentinel(port, masterPort),
  ]);
  const [master, replica, sentinel] = servers;
  if (master === undefined || replica === undefined || sentinel === undefined) throw new Error('not started');
  try {
    const isFormed = () =>
      expectReply(port, 'INFO sentinel', `status=ok,address=127.0.0.1:${masterPort},slaves=1`);
    await eventually(isFormed, { timeoutMs: FORM_TIMEOUT_MS });
  } catch (error) {
    await stopGroup(servers);
    throw error;
  }
  return {
    url: `redis+sentinel://127.0.0.1:${port}/main`,
    master,
    replica,
    sentinel,
    stop: () => stopGroup(servers),
  };
}

async function startReplica(port: number, masterPort: number): Promise<RedisProcess> {
  const replica = await spawnRedis({ port, config: [...IN_MEMORY, `replicaof 127.0.0.1 ${masterPort}`] });
  const isLinked = () => expectReply(port, 'INFO replication', 'master_link_status:up');
  await eventually(isLinked, { timeoutMs: FORM_TIMEOUT_MS });
  return replica;
}

function startSentinel(port: number, masterPort: number): Promise<RedisProcess> {
  const config = [
    `sentinel monitor main 127.0.0.1 ${masterPort} 1`,
    `sentinel down-after-milliseconds main ${DOWN_AFTER_MS}`,
    'sentinel failover-timeout main 5000',
  ];
  return spawnRedis({ port, config, args: ['--sentinel'] });
}
