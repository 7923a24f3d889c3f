import type { RedisTarget } from '@paymesh/common/config';
import {
  createRedisClient,
  keepConnected,
  type RedisCertificates,
  type RedisClient,
} from '@paymesh/common/redis';

import { type Breaker, createBreaker } from './breaker.ts';
import type { NonceClaim, NonceStore } from './nonce-store.ts';
import { attemptValue, isSameAttempt } from './redis-attempt.ts';
import { watchEviction } from './redis-eviction.ts';
import { type Reply, within } from './within.ts';

export interface RedisStoreOptions {
  /** Single, behind sentinels, or a cluster: `parseRedisUrl` reads one. */
  readonly target: RedisTarget;
  /** For TLS. Default: what Node trusts, and none of our own. */
  readonly certificates?: RedisCertificates;
  /** Longest time of a claim. Default 15: the answer has to leave within 20. */
  readonly timeoutMs?: number;
  /** Told of each connection error, of a server that refuses claims, and of one that may evict. */
  readonly onTrouble: (message: string) => void;
}

const DEFAULT_TIMEOUT_MS = 15;
/** So many timeouts in a row open the breaker; then one claim in so many milliseconds is a trial. */
const BREAKER = { failures: 5, retryMs: 100 };
/** Redis keys of this service begin so. */
const PREFIX = 'paymesh:nonce:';

/**
 * Nonces in Redis, shared by all replicas: `SET key attempt NX PX ttl`, one round trip, and one more to
 * see whose a held nonce is. It fails fast and closed: no queue while disconnected, no second try of a
 * claim, a breaker so that a hung server does not gather claims.
 * Resolves once the first attempt to connect has ended, well or not.
 * The server must run with `maxmemory-policy noeviction`: an evicted nonce can be replayed.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<NonceStore> {
  const { target, certificates = {}, timeoutMs = DEFAULT_TIMEOUT_MS, onTrouble } = options;
  const redis = await createRedisClient(target, certificates);
  const session = { redis, breaker: createBreaker(BREAKER), onTrouble };
  redis.on('error', (error: Error) => onTrouble(error.message));
  watchEviction(redis, onTrouble);
  // The first claim should not come before the connection. The service starts without Redis too, and denies
  // until it is there.
  const disconnect = await keepConnected(redis);
  return {
    claim: async (key, ttlMs, attempt) => {
      const deadlineMs = performance.now() + timeoutMs;
      return claim(session, deadlineMs, { key: PREFIX + key, ttlMs: Math.ceil(ttlMs), attempt });
    },
    close: async () => disconnect(),
  };
}

interface Session {
  readonly redis: RedisClient;
  readonly breaker: Breaker;
  readonly onTrouble: (message: string) => void;
}

interface Claim {
  readonly key: string;
  readonly ttlMs: number;
  readonly attempt: string | undefined;
}

async function claim(session: Session, deadlineMs: number, wanted: Claim): Promise<NonceClaim> {
  const { redis } = session;
  const { key, ttlMs, attempt } = wanted;
  if (!session.breaker.mayTry(performance.now())) return 'unavailable';
  const set = redis.set(key, attemptValue(attempt, ttlMs), 'PX', ttlMs, 'NX');
  const reply = record(session, await within(set, deadlineMs));
  if (reply.kind === 'failed') return 'unavailable';
  if (reply.value === 'OK') return 'fresh';
  if (attempt === undefined) return 'replayed';
  // Both names are of one key, so one node of a cluster answers. What changes in between can only end.
  const held = redis.pipeline().get(key).pttl(key).exec();
  const found = record(session, await within(held, deadlineMs));
  if (found.kind === 'failed') return 'unavailable';
  const [value, remainingMs] = found.value?.map(([, result]) => result) ?? [];
  return isSameAttempt(attempt, { value, remainingMs }) ? 'fresh' : 'replayed';
}

function record<T>({ breaker, onTrouble }: Session, reply: Reply<T>): Reply<T> {
  breaker.record(reply.kind === 'reply', performance.now());
  // Out of memory, read-only, no permission: what a connection error would not tell.
  if (reply.kind === 'failed' && reply.error instanceof Error && reply.error.name === 'ReplyError') {
    onTrouble(reply.error.message);
  }
  return reply;
}
