import type { Redis } from 'ioredis';

import type { Reading } from '../algorithm/index.ts';
import { batchByTurn, type Call } from './batch.ts';
import { counterName } from './charge.ts';
import { type OnConnection, openRedis } from './redis-connection.ts';
import { TAKE_SCRIPT } from './redis-script.ts';
import type { ProbedStore, Take, Taken } from './types.ts';
import { withTimeout } from './with-timeout.ts';

export interface RedisStoreOptions {
  /** `redis://` or `rediss://` URL. */
  readonly url: string;
  /** Longest wait for an answer, in milliseconds. Default 10. */
  readonly timeoutMs?: number;
  /** Gives a number from 0 to 1, to spread expiry. Default Math.random. */
  readonly random?: () => number;
  /** Told when the connection comes and goes. Default: nobody. */
  readonly onConnection?: OnConnection;
}

const DEFAULT_TIMEOUT_MS = 10;
/** A counter outlives its window by up to this part of it, so that not all expire at once. */
const JITTER_RATIO = 0.1;
const MAX_JITTER_MS = 30_000;
/** Takes of one script call: Redis does nothing else meanwhile. */
const MAX_TAKES = 1_000;

/**
 * Counters in Redis, shared by all replicas: one script call and one round trip, whatever the number of
 * takes, shared with the calls of the same turn of the event loop. Nothing queues for a lost connection: without one a call fails at once.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<ProbedStore> {
  const {
    url,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    random = Math.random,
    onConnection = () => undefined,
  } = options;
  const redis = await openRedis(url, onConnection);
  const send = async (calls: readonly Call[]): Promise<readonly Taken[]> => {
    const takes = calls.flatMap((call) => call.takes);
    if (takes.length === 0) return calls.map(() => ({ kind: 'counted', readings: [] }));
    try {
      const reply = await withTimeout(runScript(redis, scriptArguments(takes, random)), timeoutMs);
      const counts = countsOf(reply, takes.length).values();
      return calls.map(({ takes: own, nowMs }) => ({
        kind: 'counted',
        readings: own.map((take) => readingOf(take, counts.next().value ?? 0, nowMs)),
      }));
    } catch (error) {
      const isDisconnected = redis.status !== 'ready';
      const reason = isDisconnected ? 'no connection' : reasonOf(error);
      return calls.map(() => ({ kind: 'down', reason, isDisconnected }));
    }
  };
  const batched = batchByTurn(send, MAX_TAKES);
  return {
    take: (takes, nowMs) => batched({ takes, nowMs }),
    // The same as a call does: a Redis that is full, or a replica, answers PING and counts nothing.
    probe: () =>
      withTimeout(runScript(redis, PROBE), timeoutMs).then(
        () => true,
        // The reason is known already: it is why the store is being probed.
        () => false,
      ),
    close: () => {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}

interface ScriptArguments {
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

/** A hit for a counter that no rule has. */
const PROBE: ScriptArguments = { keys: ['paymesh:rl:probe'], args: ['1', '1000'] };

function scriptArguments(takes: readonly Take[], random: () => number): ScriptArguments {
  return {
    keys: takes.map(counterName),
    args: takes.flatMap(({ hits, meter }) => [
      String(hits),
      String(timeToLiveMs(meter.kind === 'window' ? meter.endMs - meter.startMs : 0, random)),
    ]),
  };
}

function readingOf({ limit, meter }: Take, count: number, nowMs: number): Reading {
  const isOver = count > limit;
  const resetMs = meter.kind === 'window' ? meter.endMs - nowMs : 0;
  return { isOver, remaining: isOver ? 0 : limit - count, resetMs };
}

function timeToLiveMs(windowMs: number, random: () => number): number {
  return windowMs + Math.floor(random() * Math.min(windowMs * JITTER_RATIO, MAX_JITTER_MS));
}

async function runScript(redis: Redis, { keys, args }: ScriptArguments): Promise<unknown> {
  try {
    return await redis.evalsha(TAKE_SCRIPT.sha1, keys.length, ...keys, ...args);
  } catch (error) {
    // Redis was restarted or told to forget its scripts: nothing was counted, so sending all is safe.
    if (!isMissingScript(error)) throw error;
    return redis.eval(TAKE_SCRIPT.lua, keys.length, ...keys, ...args);
  }
}

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function countsOf(reply: unknown, expected: number): readonly number[] {
  const isUsable = Array.isArray(reply) && reply.length === expected && reply.every(Number.isSafeInteger);
  if (!isUsable) throw new Error('Redis gave an answer that is not a list of counts');
  return reply as number[];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
