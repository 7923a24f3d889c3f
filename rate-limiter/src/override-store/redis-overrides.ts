import { randomUUID } from 'node:crypto';

import type { Logger } from '@paymesh/common/log';

import { indexOverrides, type Override, overrideKey, parseOverride } from '../overrides/index.ts';
import { MAX_OVERRIDES, type OverrideStore } from './types.ts';

/** What is used of a Redis client; of a cluster too, for both keys are in one slot. */
export interface OverrideRedis {
  get(key: string): Promise<string | null>;
  hvals(key: string): Promise<string[]>;
  eval(script: string, keys: number, ...rest: string[]): Promise<unknown>;
}

export interface RedisOverridesOptions {
  readonly redis: OverrideRedis;
  readonly log: Logger;
  /** Ends the connection. */
  readonly disconnect: () => void;
  /** How often it is asked whether anything changed, in milliseconds. Default 1 000. */
  readonly intervalMs?: number;
}

const HASH = 'paymesh:rl:{overrides}';
/** Another one after each change, so that replicas read the hash only then; never one that was before, even in a Redis that was emptied. */
const VERSION = `${HASH}:version`;
const DEFAULT_INTERVAL_MS = 1_000;
const PUT = `
local function isFull()
  return redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[4])
end
if isFull() then
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    local isJson, override = pcall(cjson.decode, all[i + 1])
    local untilMs = isJson and type(override) == 'table' and tonumber(override.untilMs)
    if untilMs and untilMs <= tonumber(ARGV[5]) then redis.call('HDEL', KEYS[1], all[i]) end
  end
end
if isFull() then return -1 end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('SET', KEYS[2], ARGV[1])
return 1`;
const REMOVE = `
local removed = redis.call('HDEL', KEYS[1], ARGV[2])
if removed == 1 then redis.call('SET', KEYS[2], ARGV[1]) end
return removed`;

/** Overrides that all replicas share: each has a change of another within the interval. What was read last holds while Redis is away. */
export function createRedisOverrides(options: RedisOverridesOptions): OverrideStore {
  const { redis, log, disconnect, intervalMs = DEFAULT_INTERVAL_MS } = options;
  let index = indexOverrides([]);
  let version: string | null | undefined;
  let isAway = false;
  const refresh = async (): Promise<void> => {
    try {
      const newest = await redis.get(VERSION);
      // The version first: a change in between is read now and once more.
      if (newest !== version) index = indexOverrides(parseAll(await redis.hvals(HASH), log));
      version = newest;
      isAway = false;
    } catch (error) {
      if (!isAway) log.warn({ err: error }, 'cannot read the overrides from Redis: the last ones hold');
      isAway = true;
    }
  };
  const run = (script: string, ...args: readonly string[]): Promise<unknown> =>
    redis.eval(script, 2, HASH, VERSION, randomUUID(), ...args).catch((error: unknown) => {
      throw new Error('Redis did not answer: the overrides may be as they were', { cause: error });
    });
  let timer: NodeJS.Timeout | undefined;
  const poll = (): void => {
    timer = setTimeout(() => {
      void refresh().then(() => timer !== undefined && poll());
    }, intervalMs);
    timer.unref();
  };
  void refresh();
  poll();
  return {
    current: () => index,
    put: async (override) => {
      const value = JSON.stringify(override);
      const done = await run(PUT, overrideKey(override), value, String(MAX_OVERRIDES), String(Date.now()));
      if (done === -1) throw new Error(`there are ${MAX_OVERRIDES} overrides, and no more may be`);
      await refresh();
    },
    remove: async (target) => {
      const removed = await run(REMOVE, overrideKey(target));
      await refresh();
      return removed === 1;
    },
    close: async () => {
      clearTimeout(timer);
      timer = undefined;
      disconnect();
    },
  };
}

/** What is no override is left out, and told: others may write to the same Redis. */
function parseAll(texts: readonly string[], log: Logger): readonly Override[] {
  return texts.flatMap((text) => {
    const parsed = parseText(text);
    if (parsed !== undefined) return [parsed];
    log.warn('an override in Redis cannot be read and is left out');
    return [];
  });
}

function parseText(text: string): Override | undefined {
  try {
    const parsed = parseOverride(JSON.parse(text));
    return parsed.kind === 'ok' ? parsed.value : undefined;
  } catch {
    // No JSON: the same as JSON of another form.
    return undefined;
  }
}
