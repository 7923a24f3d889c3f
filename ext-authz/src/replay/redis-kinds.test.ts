import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  eventually,
  isRedisAvailable,
  isRedisTlsAvailable,
  makeRedisTls,
  type RedisCluster,
  type RedisProcess,
  type RedisSentinel,
  type RedisTls,
  startRedis,
  startRedisCluster,
  startRedisSentinel,
  startRedisTls,
} from '@paymesh/common/testing';

import { Redis } from 'ioredis';

import { nonceStoreContract } from './nonce-store.contract.ts';
import { createRedisStores, isUsable, newKey, type OpenOptions } from './testing/redis-stores.ts';

const FORM_MS = 30_000;
/** A sentinel that found no good replica at first tries again after 10 s (twice its failover-timeout). */
const FAILOVER_MS = 40_000;
const stores = createRedisStores();

afterEach(() => stores.closeAll());

/** The contract on a server that does not forget between two cases. */
function contractOn(name: string, options: () => OpenOptions): void {
  nonceStoreContract(name, async () => {
    const own = newKey();
    const store = await stores.openPatient(options());
    return {
      store: {
        claim: (key, ttlMs, attempt) => store.claim(`${own} ${key}`, ttlMs, attempt),
        close: () => store.close(),
      },
      pass: (ms) => pause(ms),
    };
  });
}

(isRedisAvailable() ? describe : describe.skip)('a single Redis (needs redis-server)', () => {
  let redis: RedisProcess;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  contractOn('the store on a single Redis', () => redis);
});

(isRedisTlsAvailable() ? describe : describe.skip)('Redis by TLS (needs redis-server, openssl)', () => {
  let tls: RedisTls;
  let redis: RedisProcess;

  beforeAll(async () => {
    tls = makeRedisTls();
    redis = await startRedisTls(tls);
  });
  afterAll(async () => {
    await redis.stop();
    tls.remove();
  });

  contractOn('the store on Redis by TLS', () => ({ url: redis.url, tls }));

  test.each<[string, (url: string) => OpenOptions]>([
    ['no client certificate', (url) => ({ url })],
    ['a server of another authority', (url) => ({ url, tls: { ...tls, caFile: tls.strangerCaFile } })],
    ['a server of another name', (url) => ({ url: url.replace('redis.internal', 'other.internal'), tls })],
    ['no name, for the address is not in the certificate', (url) => ({ url: url.replace(/\?.*/, ''), tls })],
  ])('%s: unavailable, and told', async (_, options) => {
    stores.troubles.length = 0;
    const store = await stores.open(options(redis.url));
    expect(await store.claim(newKey(), 1_000)).toBe('unavailable');
    expect(stores.troubles).not.toEqual([]);
  });

  test('a cluster by TLS, also its nodes that no URL names', async () => {
    const cluster = await startRedisCluster({ tls });
    try {
      const url = cluster.url.replace(/,[^?]*/, '');
      const store = await stores.openPatient({ url, tls });
      for (let index = 0; index < 30; index += 1) await isUsable(store);
    } finally {
      await cluster.stop();
    }
  });
});

(isRedisAvailable() ? describe : describe.skip)('a Redis cluster (needs redis-server)', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, FORM_MS);
  afterAll(() => cluster.stop());

  contractOn('the store on a Redis cluster', () => cluster);

  test('keys of all three masters are claimed, and by one replica what another claimed', async () => {
    const [one, two] = [await stores.openPatient(cluster), await stores.openPatient(cluster)];
    for (let index = 0; index < 60; index += 1) {
      const key = newKey();
      expect(await one.claim(key, 5_000, 'attempt')).toBe('fresh');
      expect(await two.claim(key, 5_000)).toBe('replayed');
      expect(await two.claim(key, 5_000, 'attempt')).toBe('fresh');
    }
  });
});

/** Until its replica has all that the master wrote: replication is asynchronous, and what it lacks dies with the master. */
async function isReplicated({ url }: RedisProcess): Promise<void> {
  const admin = new Redis(url);
  try {
    await eventually(async () => {
      const told = await admin.info('replication');
      const written = /^master_repl_offset:(\d+)/m.exec(told)?.[1];
      expect(/^slave0:.*\boffset=(\d+)/m.exec(told)?.[1]).toBe(written);
    });
  } finally {
    admin.disconnect();
  }
}

(isRedisAvailable() ? describe : describe.skip)('failovers (needs redis-server)', () => {
  test('cluster: a dead master fails its keys only; its replica takes over and knows them', async () => {
    const cluster = await startRedisCluster({ hasReplicas: true });
    try {
      const store = await stores.openPatient(cluster);
      const used = Array.from({ length: 60 }, () => newKey());
      for (const key of used) expect(await store.claim(key, 60_000)).toBe('fresh');
      const [first] = cluster.masters;
      if (first === undefined) throw new Error('a cluster has masters');
      await isReplicated(first);
      await first.stop();
      const claims = await Promise.all(used.map(async (key) => store.claim(key, 60_000)));
      expect(new Set(claims)).toEqual(new Set(['replayed', 'unavailable']));
      const untilMs = performance.now() + FAILOVER_MS;
      for (const key of used) {
        let claim = await store.claim(key, 60_000);
        while (claim === 'unavailable' && performance.now() < untilMs) {
          await pause(50);
          claim = await store.claim(key, 60_000);
        }
        expect(claim).toBe('replayed');
      }
    } finally {
      await cluster.stop();
    }
  }, 60_000);

  test.each<[string, (group: RedisSentinel) => void]>([
    ['dies', ({ master }) => void master.process.kill('SIGKILL')],
    ['hangs', ({ master }) => void master.process.kill('SIGSTOP')],
  ])(
    'sentinel: the master %s; the store follows to the replica, which knows what was used',
    async (_, end) => {
      const group = await startRedisSentinel();
      try {
        const store = await stores.openPatient(group);
        const used = newKey();
        expect(await store.claim(used, 60_000)).toBe('fresh');
        await isReplicated(group.master);
        end(group);
        expect(await store.claim(newKey(), 1_000)).toBe('unavailable');
        await isUsable(store, FAILOVER_MS);
        expect(await store.claim(used, 60_000)).toBe('replayed');
      } finally {
        await group.stop();
      }
    },
    60_000,
  );
});

(isRedisAvailable() ? describe : describe.skip)('passwords (needs redis-server)', () => {
  const PASSWORD = 'p@ss/w:rd';
  const encoded = encodeURIComponent(PASSWORD);

  /** Takes only this password from now on, of new connections. */
  async function lock(server: RedisProcess, ...more: readonly string[]): Promise<void> {
    const admin = new Redis(server.url, { enableReadyCheck: false });
    try {
      if (more.length > 0) await admin.call('SENTINEL', 'SET', 'main', ...more);
      await admin.call('ACL', 'SETUSER', 'default', 'resetpass', `>${PASSWORD}`);
    } finally {
      admin.disconnect();
    }
  }

  async function expectRefused(url: string): Promise<void> {
    stores.troubles.length = 0;
    const store = await stores.open({ url });
    expect(await store.claim(newKey(), 1_000)).toBe('unavailable');
    await eventually(() => expect(stores.troubles).not.toEqual([]));
    expect(stores.troubles.join()).not.toMatch(/p@ss|p%40ss|wrong-one/);
  }

  test('of the servers of a cluster', async () => {
    const cluster = await startRedisCluster();
    try {
      for (const master of cluster.masters) await lock(master);
      const store = await stores.openPatient({ url: cluster.url.replace('//', `//default:${encoded}@`) });
      for (let index = 0; index < 20; index += 1) await isUsable(store);
      await expectRefused(cluster.url);
      await expectRefused(cluster.url.replace('//', '//:wrong-one@'));
    } finally {
      await cluster.stop();
    }
  });

  test('of sentinels and of the server behind them', async () => {
    const group = await startRedisSentinel();
    try {
      for (const server of [group.master, group.replica]) await lock(server);
      await lock(group.sentinel, 'auth-pass', PASSWORD);
      const url = group.url.replace('//', `//:${encoded}@`);
      await stores.openPatient({ url: `${url}?sentinelPassword=${encoded}` });
      await expectRefused(url);
      await expectRefused(`${url}?sentinelPassword=wrong-one`);
      await expectRefused(`${group.url}?sentinelPassword=${encoded}`);
    } finally {
      await group.stop();
    }
  });
});

(isRedisAvailable() ? describe : describe.skip)('sentinels (needs redis-server)', () => {
  let group: RedisSentinel;

  beforeAll(async () => {
    group = await startRedisSentinel();
  }, FORM_MS);
  afterAll(() => group.stop());

  contractOn('the store on a Redis behind sentinels', () => group);

  test('a master that the sentinels do not know: unavailable, told, and the start does not hang', async () => {
    stores.troubles.length = 0;
    const store = await stores.open({ url: group.url.replace('/main', '/other') });
    expect(await store.claim(newKey(), 1_000)).toBe('unavailable');
    expect(stores.troubles.join()).toContain('entinel');
  });
});
