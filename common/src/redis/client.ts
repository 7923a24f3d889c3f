import type { ConnectionOptions } from 'node:tls';

import type { Cluster, CommonRedisOptions, Redis, StandaloneConnectionOptions } from 'ioredis';

import type { RedisTarget } from '../config/index.ts';

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
/** A server that takes no writes any more is left at most so often, for the address may not lead elsewhere yet. */
const LEAVE_INTERVAL_MS = 1_000;
/** A cluster's map of its slots is asked for again after so long, besides when a node says it is wrong. */
const SLOTS_REFRESH_MS = 2_000;
const MAX_REDIRECTIONS = 4;

/**
 * A client that fails fast: no queue while disconnected, and no second try of what may have been done.
 * It reconnects by itself until it is disconnected. Not yet connected.
 */
export async function createRedisClient(
  target: RedisTarget,
  certificates: RedisCertificates,
): Promise<RedisClient> {
  // Who uses no Redis has not its eight megabytes either.
  const { Cluster, Redis } = await import('ioredis');
  const common = commonOptions(target, certificates);
  switch (target.kind) {
    case 'single':
      return new Redis({ ...common, ...reconnecting(), ...target.nodes[0], db: target.database });
    case 'sentinel':
      return new Redis({ ...common, ...reconnecting(), ...sentinelOptions(target, common.tls) });
    case 'cluster':
      return new Cluster([...target.nodes], {
        lazyConnect: true,
        enableOfflineQueue: false,
        enableReadyCheck: false,
        clusterRetryStrategy: reconnectDelayMs,
        clusterNodeRetryStrategy: reconnectDelayMs,
        // What was under way when a connection broke may have been done: it is not sent again.
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

/** Tells a client of a cluster from others. */
export function isCluster(redis: RedisClient): redis is Cluster {
  return redis.isCluster;
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

function reconnecting() {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    // A server that is still loading answers with an error, which is a refusal as good as any.
    enableReadyCheck: false,
    retryStrategy: reconnectDelayMs,
    reconnectOnError: leavesReplica(),
  } as const;
}

/** After a failover the address may lead elsewhere, while this connection stays with the old server, now a replica. */
function leavesReplica(): (error: Error) => boolean {
  let leftMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    const nowMs = performance.now();
    if (!message.startsWith('READONLY') || nowMs - leftMs < LEAVE_INTERVAL_MS) return false;
    leftMs = nowMs;
    return true;
  };
}

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
