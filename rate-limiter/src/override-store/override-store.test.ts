import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { eventually, isRedisAvailable, startRedis } from '@paymesh/common/testing';
import { Redis } from 'ioredis';

import type { Override } from '../overrides/index.ts';
import { createRedisOverrides, type OverrideStore, openFileOverrides } from './index.ts';

const log = createLogger({ service: 'test', level: 'silent' });
const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function override(user: string, requests: number): Override {
  return { domain: 'shop', label: 'user', entries: [{ key: 'user', value: user }], requests };
}

function requestsOf(store: OverrideStore): readonly number[] {
  return store
    .current()
    .all.map(({ requests }) => requests)
    .toSorted((a, b) => a - b);
}

function openRedis(port: number): OverrideStore {
  const redis = new Redis({ port, maxRetriesPerRequest: 0, disconnectTimeout: 100 });
  redis.on('error', () => undefined);
  const store = createRedisOverrides({ redis, log, disconnect: () => redis.disconnect(), intervalMs: 20 });
  closers.push(() => store.close());
  return store;
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'paymesh-overrides-'));
}

async function redisPort(): Promise<number> {
  const server = await startRedis();
  closers.push(() => server.stop());
  return server.port;
}

const stores = [
  ['in memory', () => openFileOverrides()],
  ['in a file', () => openFileOverrides(join(folder(), 'overrides.json'))],
  ...(isRedisAvailable() ? [['in Redis', async () => openRedis(await redisPort())] as const] : []),
] as const;

describe.each(stores)('overrides %s', (_name, open) => {
  test('that have ended make room for others', async () => {
    const store = await open();
    await store.put({ ...override('old', 1), untilMs: Date.now() - 1 });
    await store.put(override('new', 2));
    expect(requestsOf(store)).toContain(2);
  });

  test('are put, replaced and removed', async () => {
    const store = await open();
    await store.put(override('a', 1));
    await store.put(override('b', 2));
    await store.put(override('a', 3));
    expect(requestsOf(store)).toEqual([2, 3]);
    expect([await store.remove(override('b', 0)), await store.remove(override('b', 0))]).toEqual([
      true,
      false,
    ]);
    expect(requestsOf(store)).toEqual([3]);
  });

  test('are all kept when many come at once', async () => {
    const store = await open();
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(override(`u${i}`, i))));
    expect(requestsOf(store)).toHaveLength(20);
  });
});

describe('a file of overrides', () => {
  test('outlives the process, and is readable by its owner only', async () => {
    const path = join(folder(), 'overrides.json');
    await (await openFileOverrides(path)).put(override('a', 7));
    expect(requestsOf(await openFileOverrides(path))).toEqual([7]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([override('a', 7)]);
  });

  test.each(['{', '{}', '[{"domain":"shop"}]'])('that holds %s is refused', async (text) => {
    const path = join(folder(), 'overrides.json');
    writeFileSync(path, text);
    await expect(openFileOverrides(path)).rejects.toThrow(/JSON|expected/);
  });

  test('that cannot be written changes nothing, and the next write begins anew', async () => {
    const store = await openFileOverrides(join(folder(), 'missing', 'overrides.json'));
    await expect(store.put(override('a', 1))).rejects.toThrow('ENOENT');
    await expect(store.put(override('a', 1))).rejects.toThrow('ENOENT');
    expect(requestsOf(store)).toEqual([]);
  });
});

const withRedis = isRedisAvailable() ? describe : describe.skip;

withRedis('overrides in Redis', () => {
  test('reach the other replicas', async () => {
    const port = await redisPort();
    const [one, other] = [openRedis(port), openRedis(port)];
    await one.put(override('a', 7));
    await eventually(() => expect(requestsOf(other)).toEqual([7]));
    await one.remove(override('a', 7));
    await eventually(() => expect(requestsOf(other)).toEqual([]));
  });

  test('put into a Redis that was emptied hold at once', async () => {
    const port = await redisPort();
    const admin = new Redis({ port });
    closers.push(() => admin.disconnect());
    const store = openRedis(port);
    await store.put(override('a', 7));
    await admin.flushall();
    await store.put(override('a', 9));
    expect(requestsOf(store)).toEqual([9]);
  });

  test('that have ended give way when there are as many as may be', async () => {
    const port = await redisPort();
    const admin = new Redis({ port });
    closers.push(() => admin.disconnect());
    const ended = (index: number) => JSON.stringify({ ...override(`u${index}`, 1), untilMs: 1 });
    const all = Array.from({ length: 50_000 }, (_, index) => [`k${index}`, ended(index)] as const);
    await admin.hset('paymesh:rl:{overrides}', new Map(all));
    await admin.hset('paymesh:rl:{overrides}', 'k0', JSON.stringify(override('kept', 5)));
    const store = openRedis(port);
    await store.put(override('new', 9));
    expect(requestsOf(store)).toEqual([5, 9]);
  });

  test('hold while Redis is away, and what others wrote there is left out', async () => {
    const server = await startRedis();
    const redis = new Redis({ port: server.port });
    await redis.hset('paymesh:rl:{overrides}', {
      x: 'no JSON',
      y: '{}',
      z: JSON.stringify(override('a', 7)),
    });
    await redis.incr('paymesh:rl:{overrides}:version');
    redis.disconnect();
    const store = openRedis(server.port);
    await eventually(() => expect(requestsOf(store)).toEqual([7]));
    await server.stop();
    await expect(store.put(override('b', 1))).rejects.toThrow('Redis did not answer');
    expect(requestsOf(store)).toEqual([7]);
  });
});
