import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  freePort,
  isRedisAvailable,
  type RedisProcess,
  startRedis,
} from '@paymesh/common/testing';

import { Redis } from 'ioredis';

import { nonceStoreContract } from './nonce-store.contract.ts';
import type { NonceStore } from './nonce-store.ts';
import { openRedisStore } from './redis-store.ts';

(isRedisAvailable() ? describe : describe.skip)('the Redis store (needs redis-server)', () => {
  let redis: RedisProcess;
  let keys = 0;
  const stores: NonceStore[] = [];
  const errors: string[] = [];

  const freshKey = () => {
    keys += 1;
    return `key-${keys}`;
  };
  const open = async (url = redis.url) => {
    const store = await openRedisStore({ url, onTrouble: (message) => errors.push(message) });
    stores.push(store);
    return store;
  };
  const connected = async () => {
    const store = await open();
    // On a busy machine the first answer may be late.
    await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
    return store;
  };

  beforeAll(async () => {
    redis = await startRedis();
  });

  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });

  afterAll(() => redis.stop());

  nonceStoreContract('the Redis store', async () => {
    // The cases of the contract share keys, the server does not forget them.
    const own = `case-${freshKey()}-`;
    const store = await connected();
    // A store that answers in time on a busy machine; the time limit has its own tests below.
    const patient = await openRedisStore({ url: redis.url, timeoutMs: 2_000, onTrouble: () => undefined });
    stores.push(patient);
    await eventually(async () => expect(await patient.claim(freshKey(), 1_000)).toBe('fresh'));
    await store.close();
    return {
      store: { claim: (key, ttlMs) => patient.claim(own + key, ttlMs), close: () => patient.close() },
      // Its clock is the real one.
      pass: (ms) => pause(ms),
    };
  });

  test('two replicas share what was used', async () => {
    const [one, two] = [await connected(), await connected()];
    const key = freshKey();
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).claim(key, 5_000)),
    );
    expect(claims.filter((claim) => claim === 'fresh')).toHaveLength(1);
  });

  test('a paused server: unavailable within 50 ms each time, and usable again by itself', async () => {
    const store = await connected();
    redis.process.kill('SIGSTOP');
    try {
      for (let index = 0; index < 10; index += 1) {
        const startedMs = performance.now();
        expect(await store.claim(freshKey(), 1_000)).toBe('unavailable');
        expect(performance.now() - startedMs).toBeLessThan(50);
      }
    } finally {
      redis.process.kill('SIGCONT');
    }
    await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
  });

  test('a pause long enough to lose the connection is survived too', async () => {
    const store = await connected();
    redis.process.kill('SIGSTOP');
    try {
      const untilMs = performance.now() + 2_500;
      while (performance.now() < untilMs) {
        expect(await store.claim(freshKey(), 1_000)).toBe('unavailable');
        await pause(20);
      }
    } finally {
      redis.process.kill('SIGCONT');
    }
    await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
  });

  test('a killed server: unavailable at once, and usable again when it is back', async () => {
    const other = await startRedis();
    const store = await open(other.url);
    await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
    await other.stop();
    for (let index = 0; index < 10; index += 1) {
      const startedMs = performance.now();
      expect(await store.claim(freshKey(), 1_000)).toBe('unavailable');
      expect(performance.now() - startedMs).toBeLessThan(50);
    }
    const back = await startRedis(other.port);
    try {
      await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
    } finally {
      await back.stop();
    }
  });

  test('a server that never was: unavailable, and told', async () => {
    errors.length = 0;
    const store = await open(`redis://127.0.0.1:${await freePort()}`);
    expect(await store.claim(freshKey(), 1_000)).toBe('unavailable');
    await eventually(() => expect(errors.length).toBeGreaterThan(0));
  });

  test('a server that evicts nonces is told of', async () => {
    const other = await startRedis();
    const admin = new Redis(other.url);
    try {
      await admin.config('SET', 'maxmemory', '10mb');
      errors.length = 0;
      const bounded = await open(other.url);
      // Redis answers in order: when this has its answer, the question about eviction has had its own.
      await eventually(async () => expect(await bounded.claim(freshKey(), 1_000)).toBe('fresh'));
      expect(errors).toEqual([]);
      await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
      await open(other.url);
      await eventually(() => expect(errors.join()).toContain('maxmemory-policy is allkeys-lru'));
    } finally {
      admin.disconnect();
      await other.stop();
    }
  });

  test('a server that takes no writes: unavailable, and told', async () => {
    const other = await startRedis();
    const admin = new Redis(other.url);
    try {
      const store = await open(other.url);
      await admin.config('SET', 'maxmemory', '1');
      errors.length = 0;
      expect(await store.claim(freshKey(), 1_000)).toBe('unavailable');
      expect(errors).toEqual([expect.stringContaining('OOM')]);
      await admin.config('SET', 'maxmemory', '0');
      await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
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
      const store = await open(`redis://127.0.0.1:${port}`);
      await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
      await admin.replicaof('127.0.0.1', second.port);
      target = second.port;
      await eventually(async () => expect(await store.claim(freshKey(), 1_000)).toBe('fresh'));
    } finally {
      address.close();
      admin.disconnect();
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  test('a password in the URL is in no error', async () => {
    errors.length = 0;
    await open(`redis://user:hunter2hunter2@127.0.0.1:${redis.port}`);
    await eventually(() => expect(errors.length).toBeGreaterThan(0));
    expect(errors.join()).not.toContain('hunter2');
  });
});
