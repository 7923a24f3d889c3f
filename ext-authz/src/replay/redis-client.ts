import type { ConnectionOptions } from 'node:tls';

import type { RedisTarget } from '@paymesh/common/config';
import { Cluster, type CommonRedisOptions, Redis, type StandaloneConnectionOptions } from 'ioredis';

/** Certificates for TLS, as PEM. */
export interface RedisCertificates {
  /** Who may have signed the server's certificate. Default: those that Node trusts. */
  readonly ca?: string;
  /** Of this service, with its key, for a server that asks for one. */
  readonly cert?: string;
  readonly key?: string;
}

export type RedisClient = Redis | Cluster;

const CONNECT_TIMEOUT_MS = 1_000;
const MIN_RECONNECT_MS = 50;
const MAX_RECONNECT_MS = 500;
/** A connection whose other end is gone would hold the process for so long. */
const DISCONNECT_TIMEOUT_MS = 100;
/** A socket that owes an answer for so long is replaced. */
const SOCKET_TIMEOUT_MS = 2_000;
/** A cluster's map of its slots is asked for again after so long, besides when a node says it is wrong. */
const SLOTS_REFRESH_MS = 2_000;
const MAX_REDIRECTIONS = 4;

/**
 * A client that fails fast: no queue while disconnected, and no second try of what may have been done.
 * It reconnects by itself until it is disconnected. Not yet connected.
 */
export function createRedisClient(target: RedisTarget, certificates: RedisCertificates): RedisClient {
  const common = commonOptions(target, certificates);
  switch (target.kind) {
    case 'single':
      return new Redis({ ...common, ...reconnecting, ...target.nodes[0], db: target.database });
    case 'sentinel':
      return new Redis({ ...common, ...reconnecting, ...sentinelOptions(target, common.tls) });
    case 'cluster':
      return new Cluster([...target.nodes], {
        lazyConnect: true,
        enableOfflineQueue: false,
        enableReadyCheck: false,
        clusterRetryStrategy: reconnectDelayMs,
        clusterNodeRetryStrategy: reconnectDelayMs,
        // A claim whose connection broke may have been made: it is not sent again.
        retryDelayOnFailover: 0,
        retryDelayOnClusterDown: 0,
        maxRedirections: MAX_REDIRECTIONS,
        slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
        slotsRefreshInterval: SLOTS_REFRESH_MS,
        // Names stay names: a certificate is for a name, seldom for an address.
        ...(target.isTls ? { dnsLookup: (address, found) => found(null, address) } : {}),
        redisOptions: common,
      });
  }
}

/** Connects, to all nodes of a cluster. Rejects when it cannot; it goes on trying all the same. */
export async function connectRedis(redis: RedisClient): Promise<void> {
  if (!(redis instanceof Cluster)) return redis.connect();
  // A node is connected when it is first needed, and fails every claim that comes meanwhile.
  redis.on('+node', (node: Redis) => void node.connect().catch(() => undefined));
  await redis.connect();
  await Promise.all(redis.nodes('master').map((node) => node.ping()));
}

function commonOptions(target: RedisTarget, certificates: RedisCertificates) {
  return {
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.isTls ? { tls: tlsOptions(target, certificates) } : {}),
  } satisfies CommonRedisOptions & StandaloneConnectionOptions;
}

const reconnecting = {
  lazyConnect: true,
  enableOfflineQueue: false,
  // A server that is still loading answers claims with an error, which is a refusal as good as any.
  enableReadyCheck: false,
  retryStrategy: reconnectDelayMs,
  // After a failover the address may lead elsewhere, while this connection stays with the old server.
  reconnectOnError: ({ message }: Error) => message.startsWith('READONLY'),
} as const;

function sentinelOptions(target: RedisTarget & { kind: 'sentinel' }, tls: ConnectionOptions | undefined) {
  const { nodes, name, database, sentinelUsername, sentinelPassword } = target;
  return {
    sentinels: [...nodes],
    name,
    db: database,
    sentinelRetryStrategy: reconnectDelayMs,
    sentinelCommandTimeout: CONNECT_TIMEOUT_MS,
    ...(sentinelUsername === undefined ? {} : { sentinelUsername }),
    ...(sentinelPassword === undefined ? {} : { sentinelPassword }),
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls }),
  };
}

function tlsOptions({ servername }: RedisTarget, { ca, cert, key }: RedisCertificates): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(servername === undefined ? {} : { servername }),
  };
}

function reconnectDelayMs(times: number): number {
  return Math.min(MIN_RECONNECT_MS * times, MAX_RECONNECT_MS);
}
