import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { IN_MEMORY } from './redis.ts';
import { startGroup, stopGroup } from './redis-group.ts';
import { askRedis, expectReply, type RedisProcess, spawnRedis } from './redis-process.ts';
import type { RedisTls } from './redis-tls.ts';

export interface RedisClusterOptions {
  /** A replica for each master, which takes over about 1.5 seconds after its death. Default none. */
  readonly hasReplicas?: boolean;
  /** Clients may come by TLS, and `url` says so. Default none. */
  readonly tls?: RedisTls;
}

export interface RedisCluster {
  /** `redis+cluster://` or `rediss+cluster://` with all masters. */
  readonly url: string;
  readonly masters: readonly RedisProcess[];
  /** In the order of their masters. */
  readonly replicas: readonly RedisProcess[];
  stop(): Promise<void>;
}

const MASTERS = 3;
const SLOTS = 16_384;
const NODE_TIMEOUT_MS = 1_000;
const FORM_TIMEOUT_MS = 15_000;

/** Three real masters that share the slots; with one dead its slots fail and the others go on. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const count = options.hasReplicas === true ? 2 * MASTERS : MASTERS;
  const ports = await Promise.all(Array.from({ length: count }, async () => nodePorts(options)));
  const nodes = await startGroup(ports.map((own) => () => startNode(own, options)));
  try {
    await joinNodes(nodes, ports);
    const masters = nodes.slice(0, MASTERS);
    return {
      url: urlOf(ports.slice(0, MASTERS)),
      masters,
      replicas: nodes.slice(MASTERS),
      stop: () => stopGroup(nodes),
    };
  } catch (error) {
    await stopGroup(nodes);
    throw error;
  }
}

interface NodePorts {
  readonly plain: number;
  readonly bus: number;
  readonly tls?: number;
}

async function nodePorts({ tls }: RedisClusterOptions): Promise<NodePorts> {
  const ports = { plain: await freePort(), bus: await freePort() };
  return tls === undefined ? ports : { ...ports, tls: await freePort() };
}

function startNode({ plain, bus, tls }: NodePorts, options: RedisClusterOptions): Promise<RedisProcess> {
  const config = [
    ...IN_MEMORY,
    'cluster-enabled yes',
    `cluster-port ${bus}`,
    `cluster-node-timeout ${NODE_TIMEOUT_MS}`,
    'cluster-require-full-coverage no',
    'cluster-replica-validity-factor 0',
    'repl-diskless-sync-delay 0',
    ...(options.tls === undefined ? [] : [`tls-port ${tls}`, 'tls-cluster yes', ...options.tls.config]),
  ];
  return spawnRedis({ port: plain, config });
}

async function joinNodes(nodes: readonly RedisProcess[], ports: readonly NodePorts[]): Promise<void> {
  const [first, ...others] = ports;
  for (const [index, { port }] of nodes.slice(0, MASTERS).entries()) {
    const from = Math.floor((index * SLOTS) / MASTERS);
    const to = Math.floor(((index + 1) * SLOTS) / MASTERS) - 1;
    await expectReply(port, `CLUSTER ADDSLOTSRANGE ${from} ${to}`, '+OK');
    await expectReply(port, `CLUSTER SET-CONFIG-EPOCH ${index + 1}`, '+OK');
  }
  for (const { plain, tls, bus } of others) {
    await expectReply(first?.plain ?? 0, `CLUSTER MEET 127.0.0.1 ${tls ?? plain} ${bus}`, '+OK');
  }
  const isFormed = (port: number) => async () => {
    await expectReply(port, 'CLUSTER INFO', 'cluster_state:ok');
    await expectReply(port, 'CLUSTER INFO', `cluster_known_nodes:${nodes.length}`);
  };
  for (const { port } of nodes) await eventually(isFormed(port), { timeoutMs: FORM_TIMEOUT_MS });
  for (const [index, { port }] of nodes.slice(MASTERS).entries()) {
    const id = /[0-9a-f]{40}/.exec(await askRedis(nodes[index]?.port ?? 0, 'CLUSTER MYID'))?.[0];
    await expectReply(port, `CLUSTER REPLICATE ${id}`, '+OK');
    const isLinked = () => expectReply(port, 'INFO replication', 'master_link_status:up');
    await eventually(isLinked, { timeoutMs: FORM_TIMEOUT_MS });
  }
}

function urlOf(ports: readonly NodePorts[]): string {
  const hosts = ports.map(({ plain, tls }) => `127.0.0.1:${tls ?? plain}`).join(',');
  return ports.some(({ tls }) => tls !== undefined)
    ? `rediss+cluster://${hosts}?servername=redis.internal`
    : `redis+cluster://${hosts}`;
}
