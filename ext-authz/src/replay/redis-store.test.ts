import { connect, createServer } from 'node:net';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  freePort,
  isRedisAvailable,
  type RedisProcess,
  startRedis,
} from '@paymesh/common/testing';

import { Redis } from 'ioredis';

import { createRedisStores, isUsable, newKey } from './testing/redis-stores.ts';

(isRedisAvailable() ? describe : describe.skip)('the Redis store (needs redis-server)', () => {
  let redis: RedisProcess;
  const stores = createRedisStores();
  const { troubles } = stores;

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterEach(() => stores.closeAll());

  afterAll(() => redis.stop());

  test('a server that never was: unavailable, and told', async () => {
    troubles.length = 0;
    const store = await stores.open({ url: `redis://127.0.0.1:${await freePort()}` });
    expect(await store.claim(newKey(), 1_000)).toBe('unavailable');
    await eventually(() => expect(troubles.length).toBeGreaterThan(0));
  });

  test('a server that evicts nonces is told of', async () => {
    const other = await startRedis();
    const admin = new Redis(other.url);
    try {
      await admin.config('SET', 'maxmemory', '10mb');
      troubles.length = 0;
      const bounded = await stores.open(other);
      // Redis answers in order: when this has its answer, the question about eviction has had its own.
      await isUsable(bounded);
      expect(troubles).toEqual([]);
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await stores.open(other);
      await eventually(() => expect(troubles.join()).toContain('maxmemory-policy is allkeys-lru'));
    } finally {
      admin.disconnect();
      await other.stop();
    }
  });

  test('a server that takes no writes: unavailable, and told', async () => {
    const other = await startRedis();
    const admin = new Redis(other.url);
    try {
      const store = await stores.open(other);
      await admin.config('SET', 'maxmemory', '1');
      troubles.length = 0;
      expect(await store.claim(newKey(), 1_000)).toBe('unavailable');
      expect(troubles).toEqual([expect.stringContaining('OOM')]);
      await admin.config('SET', 'maxmemory', '0');
      await isUsable(store);
    } finally {
      admin.disconnect();
      await other.stop();
    }
  });

  test('follows an address that leads to another server after a failover', async () => {
    const [first, second] = [await startRedis(), await startRedis()];
    const admin = new Redis(first.url);
    let target = first.port;
    const address = createServer((socket) => {
      const upstream = connect(target, '127.0.0.1');
      for (const end of [socket, upstream]) end.on('error', () => end.destroy());
      socket.pipe(upstream).pipe(socket);
    });
    try {
      const port = await freePort();
      await new Promise<void>((resolve) => address.listen(port, '127.0.0.1', resolve));
      const store = await stores.open({ url: `redis://127.0.0.1:${port}` });
      await isUsable(store);
      await admin.replicaof('127.0.0.1', second.port);
      target = second.port;
      await isUsable(store);
    } finally {
      address.close();
      admin.disconnect();
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  test('a password in the URL is in no error', async () => {
    troubles.length = 0;
    await stores.open({ url: `redis://user:hunter2hunter2@127.0.0.1:${redis.port}` });
    await eventually(() => expect(troubles.length).toBeGreaterThan(0));
    expect(troubles.join()).not.toContain('hunter2');
  });

  test('what it keeps of an attempt does not show the attempt', async () => {
    const admin = new Redis(redis.url);
    try {
      const key = newKey();
      const store = await stores.openPatient(redis);
      await store.claim(key, 60_000, 'stream-77 10.0.0.9:40404');
      expect(await admin.get(`paymesh:nonce:${key}`)).toMatch(/^[0-9a-f]{32} 60000$/);
    } finally {
      admin.disconnect();
    }
  });

  test('a nonce that an older version claimed is held against every attempt', async () => {
    const admin = new Redis(redis.url);
    try {
      const key = newKey();
      const store = await stores.openPatient(redis);
      await admin.set(`paymesh:nonce:${key}`, '1', 'PX', 60_000);
      expect(await store.claim(key, 60_000, '1')).toBe('replayed');
    } finally {
      admin.disconnect();
    }
  });
});
