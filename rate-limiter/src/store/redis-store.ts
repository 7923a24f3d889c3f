import type { RedisTarget } from '@paymesh/common/config';
import {
  createRedisClient,
  isCluster,
  keepConnected,
  type RedisCertificates,
  type RedisClient,
} from '@paymesh/common/redis';

import { batchByTurn, type Call } from './batch.ts';
import { counterName } from './charge.ts';
import { hashTag, keySlot } from './key-slot.ts';
import { TAKE_SCRIPT } from './redis-script.ts';
import { readingsOf, type ScriptInput, scriptInput } from './redis-wire.ts';
import { splitBySlot } from './split-by-slot.ts';
import type { ProbedStore, Taken } from './types.ts';
import { type OnConnection, watchConnection } from './watch-connection.ts';
import { withTimeout } from './with-timeout.ts';

export interface RedisStoreOptions {
  /** Single, behind sentinels, or a cluster: `parseRedisUrl` reads one. */
  readonly target: RedisTarget;
  /** For TLS. Default: what Node trusts, and none of our own. */
  readonly certificates?: RedisCertificates;
  /** Longest wait for an answer, in milliseconds. Default 10. */
  readonly timeoutMs?: number;
  /** Gives a number from 0 to 1, to spread expiry. Default Math.random. */
  readonly random?: () => number;
  /** Told when the connection comes and goes. Default: nobody. */
  readonly onConnection?: OnConnection;
}

const DEFAULT_TIMEOUT_MS = 10;
const ONE_NODE = [''] as const;
/** Takes of one script call: Redis does nothing else meanwhile. */
const MAX_TAKES = 1_000;
const PROBE_KEY = 'paymesh:rl:probe';
/** A run of windows: one hit, for a second, with no limit; then keys of the call that failed, which are only read. */
const probeNumbers = (further: number): readonly number[] => [
  1 + further,
  ...[1, 1_000, Number.MAX_SAFE_INTEGER],
  ...Array.from({ length: further }, () => [0, 1, Number.MAX_SAFE_INTEGER]).flat(),
];
/** Keys of a call that a probe reads: while a slot moves, those in two places fail together and not alone. */
const MAX_PROBED = 10;

/**
 * Counters in Redis, shared by all replicas: one script call and one round trip, whatever the number of takes,
 * shared with the calls of the same turn of the event loop. In a cluster one for each slot, at once. Nothing
 * queues for a lost connection: without one a call fails at once.
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<ProbedStore> {
  const { target, certificates = {}, timeoutMs = DEFAULT_TIMEOUT_MS, random = Math.random } = options;
  const redis = await createRedisClient(target, certificates);
  watchConnection(redis, options.onConnection ?? (() => undefined));
  redis.on('ready', () => loadScript(redis));
  const disconnect = await keepConnected(redis);
  const nodeOf = (key: string): string => (isCluster(redis) ? (redis.slots[keySlot(key)]?.[0] ?? '') : '');
  /** The counters of a domain have one tag, so mostly there is but one. */
  const nodesOfTags = (tags: ReadonlySet<string>) => [...new Set([...tags].map(nodeOf))];
  /** What failed last at each node, which a probe asks for again until it is counted. */
  const failed = new Map<string, readonly string[]>();
  const send = async (calls: readonly Call[]): Promise<readonly Taken[]> => {
    const input = scriptInput(calls, random);
    if (input.keys.length === 0) return calls.map(() => ({ kind: 'counted', readings: [] }));
    try {
      return answersOf(calls, await withTimeout(runScript(redis, input), timeoutMs));
    } catch (error) {
      const { keys } = input;
      failed.set(nodeOf(keys[0] ?? ''), [...new Set(keys)].slice(0, MAX_PROBED));
      const isDisconnected = redis.status !== 'ready';
      const reason = isDisconnected ? 'no connection' : reasonOf(error);
      return calls.map(() => ({ kind: 'down', reason, isDisconnected }));
    }
  };
  const batched = batchByTurn(target.kind === 'cluster' ? splitBySlot(send) : send, MAX_TAKES);
  return {
    take: (takes, nowMs) => batched({ takes, nowMs }),
    nodesOf: (takes) =>
      isCluster(redis) ? nodesOfTags(new Set(takes.map((take) => hashTag(counterName(take))))) : ONE_NODE,
    // The same as a call does: a Redis that is full, or a replica, answers PING and counts nothing.
    probe: (node) => {
      const further = failed.get(node) ?? [];
      const tag = further[0] === undefined ? '' : `{${hashTag(further[0])}}`;
      const input = { keys: [`${tag}${PROBE_KEY}`, ...further], numbers: probeNumbers(further.length) };
      return withTimeout(runScript(redis, input), timeoutMs).then(
        // What gives another answer is no Redis that knows the script.
        (reply) => {
          const isBack = Array.isArray(reply) && typeof reply[0] === 'number';
          if (isBack) failed.delete(node);
          return isBack;
        },
        // The reason is known already: it is why the store is being probed.
        () => false,
      );
    },
    close: () => {
      disconnect();
      return Promise.resolve();
    },
  };
}

/** Only to spare the first calls a second trip: a call that finds no script sends it along. */
function loadScript(redis: RedisClient): void {
  for (const node of isCluster(redis) ? redis.nodes('master') : [redis]) {
    node.script('LOAD', TAKE_SCRIPT.lua).catch(() => undefined);
  }
}

async function runScript(redis: RedisClient, { keys, numbers }: ScriptInput): Promise<unknown> {
  const text = JSON.stringify(numbers);
  try {
    return await redis.evalsha(TAKE_SCRIPT.sha1, keys.length, ...keys, text);
  } catch (error) {
    // Redis does not know the script, or no longer: nothing was counted, so sending all is safe.
    if (!isMissingScript(error)) throw error;
    return redis.eval(TAKE_SCRIPT.lua, keys.length, ...keys, text);
  }
}

function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

function answersOf(calls: readonly Call[], reply: unknown): readonly Taken[] {
  if (!Array.isArray(reply)) throw new Error('Redis gave an answer that is no list');
  let at = 0;
  return calls.map((call) => {
    const states: readonly unknown[] = reply.slice(at, at + call.takes.length);
    at += call.takes.length;
    return { kind: 'counted', readings: readingsOf(call, states) };
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
