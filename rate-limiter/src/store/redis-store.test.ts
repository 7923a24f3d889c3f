import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  eventually,
  freePort,
  isRedisAvailable,
  type RedisProcess,
  startRedis,
} from '@paymesh/common/testing';
import { Redis } from 'ioredis';

import { MAX_COUNT } from '../algorithm/index.ts';
import { openTestRedis } from '../testing/index.ts';
import { createLeasingStore } from './leasing-store.ts';
import { countsOf, describeStore, NOW, take } from './store.contract.ts';
import type { ProbedStore } from './types.ts';

(isRedisAvailable() ? describe : describe.skip)('the Redis store (needs redis-server)', () => {
  let redis: RedisProcess;
  let admin: Redis;

  beforeAll(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await redis.stop();
  });

  const open = async (): Promise<ProbedStore> => {
    await admin.flushall();
    return openTestRedis({ url: redis.url, random: () => 0.5 });
  };

  describeStore('the Redis store', open);
  describeStore('leases on the Redis store', async () => createLeasingStore({ store: await open() }));

  describe('openRedisStore', () => {
    let store: ProbedStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    test('sends one command, in one write, whatever the number of takes', async () => {
      await store.take([take('warm')], NOW);
      const before = await commandCalls(admin);
      const takes = Array.from({ length: 50 }, (_, index) => take(`k${index}`));
      for (let i = 0; i < 20; i += 1) await store.take(takes, NOW);
      const after = await commandCalls(admin);
      expect(after.clientCommands - before.clientCommands).toBe(20);
      expect(after.evalsha - before.evalsha).toBe(20);
    });

    test('calls made together share a command', async () => {
      await store.take([take('warm')], NOW);
      const before = await commandCalls(admin);
      await Promise.all(
        Array.from({ length: 200 }, async (_, index) => store.take([take(`k${index % 7}`)], NOW)),
      );
      const after = await commandCalls(admin);
      expect(after.evalsha - before.evalsha).toBe(1);
    });

    test('sets the time to live once: the window and half its jitter', async () => {
      await store.take([take('a')], NOW);
      const key = `a${NOW / 1_000}`;
      const left = await admin.pttl(key);
      expect(left).toBeGreaterThan(62_000);
      expect(left).toBeLessThanOrEqual(63_000);
      await admin.pexpire(key, 5_000);
      await store.take([take('a')], NOW);
      expect(await admin.pttl(key)).toBeLessThanOrEqual(5_000);
    });

    test('no counter lives for ever, whatever was done to it', async () => {
      const hits = [1, -1, 3, -9, 0, MAX_COUNT, 1, -1];
      for (const each of hits) await store.take([take('a', { hits: each })], NOW);
      expect(await admin.pttl(`a${NOW / 1_000}`)).toBeGreaterThan(0);
    });

    test('counts right when Redis has forgotten the script', async () => {
      await store.take([take('a')], NOW);
      await admin.script('FLUSH');
      expect(await countsOf(store, [take('a')])).toEqual([2]);
    });

    test('a counter that is no number is a failure of the store', async () => {
      await admin.set(`a${NOW / 1_000}`, 'text');
      expect(await store.take([take('a')], NOW)).toMatchObject({ kind: 'down' });
    });

    test('two replicas share their counters', async () => {
      const other = await openTestRedis({ url: redis.url });
      await store.take([take('a')], NOW);
      expect(await countsOf(other, [take('a')])).toEqual([2]);
      await other.close();
    });
  });

  describe('with a Redis that answers and does not count', () => {
    let own: RedisProcess;
    let its: Redis;
    let store: ProbedStore;
    let events: boolean[];
    beforeEach(async () => {
      own = await startRedis();
      its = new Redis(own.url);
      events = [];
      const onConnection = ({ isUp }: { isUp: boolean }) => void events.push(isUp);
      store = await openTestRedis({ url: own.url, onConnection });
    });
    afterEach(async () => {
      await store.close();
      its.disconnect();
      await own.stop();
    });

    test('it is away while it is full', async () => {
      await its.config('SET', 'maxmemory', '1');
      expect(await store.take([take('a')], NOW)).toMatchObject({ kind: 'down' });
      expect(await store.probe('')).toBe(false);
      await its.config('SET', 'maxmemory', '0');
      expect(await store.probe('')).toBe(true);
    });

    test('it is away while it is a replica, and is dialled anew', async () => {
      await its.replicaof('127.0.0.1', '1');
      expect(await store.probe('')).toBe(false);
      await eventually(() => expect(events).toEqual([true, false, true]));
      await its.replicaof('NO', 'ONE');
      await eventually(async () => expect(await store.probe('')).toBe(true));
    });

    test('a connection on which nothing comes back is given up', async () => {
      own.process.kill('SIGSTOP');
      expect(await store.probe('')).toBe(false);
      await eventually(() => expect(events).toEqual([true, false]));
      own.process.kill('SIGCONT');
      await eventually(async () => expect(await store.probe('')).toBe(true));
    });
  });

  test('fails at once without Redis, and counts again when it is there', async () => {
    const port = await freePort();
    const url = `redis://127.0.0.1:${port}`;
    const events: boolean[] = [];
    const store = await openTestRedis({
      url,
      onConnection: ({ isUp }) => events.push(isUp),
    });
    expect(await store.take([take('a')], NOW)).toEqual({
      kind: 'down',
      reason: 'no connection',
      isDisconnected: true,
    });
    expect(await store.probe('')).toBe(false);
    const late = await startRedis(port);
    await eventually(async () => expect(await store.probe('')).toBe(true));
    expect(await countsOf(store, [take('a')])).toEqual([1]);
    expect(events).toEqual([false, true]);
    await store.close();
    await late.stop();
  });

  test('waits no longer than its timeout for a Redis that hangs', async () => {
    const own = await startRedis();
    const store = await openTestRedis({ url: own.url, timeoutMs: 50 });
    own.process.kill('SIGSTOP');
    const startedMs = performance.now();
    expect(await store.take([take('a')], NOW)).toEqual({
      kind: 'down',
      reason: 'no answer within 50 ms',
      isDisconnected: false,
    });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
    own.process.kill('SIGCONT');
    await store.close();
    await own.stop();
  });
});

/** Calls that clients made, and those of the script, from INFO commandstats. */
async function commandCalls(admin: Redis): Promise<{ clientCommands: number; evalsha: number }> {
  const text = await admin.info('commandstats');
  const calls = new Map(
    [...text.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)].map((match) => [match[1] ?? '', Number(match[2])]),
  );
  // The script's own commands run inside Redis, and INFO is this function.
  const inside = new Set(['incrby', 'get', 'set', 'del', 'pexpire', 'info']);
  const clientCommands = [...calls].reduce((sum, [name, count]) => sum + (inside.has(name) ? 0 : count), 0);
  return { clientCommands, evalsha: calls.get('evalsha') ?? 0 };
}
