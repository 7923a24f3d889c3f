import { Redis } from 'ioredis';

import { createBreaker } from './breaker.ts';
import type { NonceClaim, NonceStore } from './nonce-store.ts';

export interface RedisStoreOptions {
  /** `redis://` or `rediss://`, with user, password and database where needed. Never printed. */
  readonly url: string;
  /** Longest wait for an answer. Default 20. */
  readonly timeoutMs?: number;
  /** Told of each connection error, of a server that refuses claims, and of one that may evict. */
  readonly onTrouble: (message: string) => void;
}

const DEFAULT_TIMEOUT_MS = 20;
const CONNECT_TIMEOUT_MS = 1_000;
const MIN_RECONNECT_MS = 50;
const MAX_RECONNECT_MS = 500;
/** A socket that owes an answer for so long is replaced. */
const SOCKET_TIMEOUT_MS = 2_000;
/** So many timeouts in a row open the breaker; then one claim in so many milliseconds is a trial. */
const BREAKER = { failures: 5, retryMs: 100 };
/** Redis keys of this service begin so. */
const PREFIX = 'paymesh:nonce:';

/**
 * Nonces in Redis, shared by all replicas: `SET key 1 NX PX ttl`, one round trip. It fails fast and
 * closed: no queue while disconnected, no second try of a claim (a repeated SET NX would take its own
 * first try for a replay), a breaker so that a hung server does not gather claims.
 * Resolves once the first attempt to connect has ended, well or not.
 * The server must run with `maxmemory-policy noeviction`: an evicted nonce can be replayed.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<NonceStore> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const breaker = createBreaker(BREAKER);
  const redis = new Redis(options.url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A server that is still loading answers claims with an error, which is a refusal as good as any.
    enableReadyCheck: false,
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    // After a failover the address may lead elsewhere, while this connection stays with the old server.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    retryStrategy: (times) => Math.min(MIN_RECONNECT_MS * times, MAX_RECONNECT_MS),
  });
  redis.on('error', (error: Error) => options.onTrouble(error.message));
  redis.on('ready', () => void checkEviction(redis, options.onTrouble));
  // The first claim should not come before the connection. A failed one is told by the error event and
  // tried again by retryStrategy: the service starts without Redis, and denies until it is there.
  await redis.connect().catch(() => undefined);

  return {
    claim: async (key, ttlMs): Promise<NonceClaim> => {
      if (!breaker.mayTry(performance.now())) return 'unavailable';
      const reply = await within(redis.set(PREFIX + key, '1', 'PX', Math.ceil(ttlMs), 'NX'), timeoutMs);
      breaker.record(reply.kind === 'reply', performance.now());
      if (reply.kind === 'failed') {
        // Out of memory, read-only, no permission: what a connection error would not tell.
        const { error } = reply;
        if (error instanceof Error && error.name === 'ReplyError') options.onTrouble(error.message);
        return 'unavailable';
      }
      return reply.value === 'OK' ? 'fresh' : 'replayed';
    },
    close: async () => redis.disconnect(),
  };
}

/** Some hosted servers do not tell their settings: then this check is the operator's. */
async function checkEviction(redis: Redis, onTrouble: (message: string) => void): Promise<void> {
  const settings = await redis.config('GET', 'maxmemory*').catch((): string[] => []);
  const read = (name: string) => settings[settings.indexOf(name) + 1];
  const policy = settings.includes('maxmemory-policy') ? read('maxmemory-policy') : 'noeviction';
  if (policy === 'noeviction' || read('maxmemory') === '0') return;
  onTrouble(`maxmemory-policy is ${policy}: evicted nonces can be replayed; set it to noeviction`);
}

type Reply<T> =
  | { readonly kind: 'reply'; readonly value: T }
  /** `error`: why, unless it was the time. */
  | { readonly kind: 'failed'; readonly error?: unknown };

/** Waits for an answer at most so long. */
function within<T>(answer: Promise<T>, timeoutMs: number): Promise<Reply<T>> {
  return new Promise((resolve) => {
    // Timers run before sockets are read: after a stall of this process the answer may be there already.
    const timer = setTimeout(() => setImmediate(resolve, { kind: 'failed' }), timeoutMs);
    answer.then(
      (value) => {
        clearTimeout(timer);
        resolve({ kind: 'reply', value });
      },
      (error: unknown) => {
        clearTimeout(timer);
        resolve({ kind: 'failed', error });
      },
    );
  });
}
