import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
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

import { openTestRedis, type TestRedisOptions } from '../testing/index.ts';
import { countsOf, describeStore, NOW, take } from './store.contract.ts';
import type { CounterStore } from './types.ts';

const FORM_MS = 30_000;

/** The contract on servers that forget between two cases. `servers` have plain ports. */
function contractOn(
  name: string,
  options: () => TestRedisOptions,
  servers: () => readonly RedisProcess[],
): void {
  describeStore(name, async (): Promise<CounterStore> => {
    for (const { port } of servers()) {
      const admin = new Redis(port, '127.0.0.1');
      await admin.flushall();
      admin.disconnect();
    }
    return inOneDomain(await openTestRedis(options()));
  });
}

/** The counters of a domain share a hash tag, and so a slot. */
function inOneDomain(store: CounterStore): CounterStore {
  return {
    ...store,
    take: (takes, nowMs) =>
      store.take(
        takes.map((each) => ({ ...each, key: `{domain}${each.key}` })),
        nowMs,
      ),
  };
}

(isRedisAvailable() ? describe : describe.skip)('a Redis cluster (needs redis-server)', () => {
  let cluster: RedisCluster;

  beforeAll(async () => {
    cluster = await startRedisCluster();
  }, FORM_MS);
  afterAll(() => cluster.stop());

  contractOn(
    'the store on a Redis cluster',
    () => ({ url: cluster.url }),
    () => cluster.masters,
  );

  test('domains of all three masters are counted, and seen by another replica', async () => {
    const [one, two] = [await openTestRedis({ url: cluster.url }), await openTestRedis({ url: cluster.url })];
    const takes = Array.from({ length: 60 }, (_, index) => take(`{domain ${index}}`));
    expect(await countsOf(one, takes)).toEqual(takes.map(() => 1));
    expect(await countsOf(two, takes)).toEqual(takes.map(() => 2));
    await Promise.all([one.close(), two.close()]);
  });

  test('many calls at once, in many slots, lose no hit', async () => {
    const store = await openTestRedis({ url: cluster.url });
    const keys = ['{x}', '{y}', '{z}', 'no tag'];
    const calls = Array.from({ length: 400 }, async (_, index) =>
      store.take([take(`many ${keys[index % 4]}`), take('many {y}')], NOW),
    );
    await Promise.all(calls);
    const counts = await countsOf(
      store,
      keys.map((key) => take(`many ${key}`, { hits: 0 })),
    );
    expect(counts).toEqual([100, 500, 100, 100]);
    await store.close();
  });
});

(isRedisAvailable() ? describe : describe.skip)('Redis behind sentinels (needs redis-server)', () => {
  let group: RedisSentinel;

  beforeAll(async () => {
    group = await startRedisSentinel();
  }, FORM_MS);
  afterAll(() => group.stop());

  contractOn(
    'the store on a Redis behind sentinels',
    () => ({ url: group.url }),
    () => [group.master],
  );
});

(isRedisTlsAvailable() ? describe : describe.skip)('Redis by TLS (needs redis-server, openssl)', () => {
  let tls: RedisTls;
  let redis: RedisProcess;
  const files = () => ({ ca: tls.caFile, cert: tls.certFile, key: tls.keyFile });

  beforeAll(async () => {
    tls = makeRedisTls();
    redis = await startRedisTls(tls);
  });
  afterAll(async () => {
    await redis.stop();
    tls.remove();
  });

  contractOn(
    'the store on Redis by TLS',
    () => ({ url: redis.url, files: files() }),
    () => [redis],
  );

  test('a cluster by TLS counts too', async () => {
    const cluster = await startRedisCluster({ tls });
    const store = await openTestRedis({ url: cluster.url, files: files() });
    const takes = Array.from({ length: 20 }, (_, index) => take(`{domain ${index}}`));
    expect(await countsOf(store, takes)).toEqual(takes.map(() => 1));
    await store.close();
    await cluster.stop();
  });

  test('a server of another authority is down', async () => {
    const store = await openTestRedis({ url: redis.url, files: { ...files(), ca: tls.strangerCaFile } });
    expect(await store.take([take('a')], NOW)).toMatchObject({ kind: 'down', isDisconnected: true });
    await store.close();
  });
});

(isRedisAvailable() ? describe : describe.skip)('a password (needs redis-server)', () => {
  test.each([
    ['the right one counts', 'p%40ss', 'counted'],
    ['a wrong one is down', 'wrong', 'down'],
  ])('%s', async (_, password, kind) => {
    const redis = await startLocked('p@ss');
    const store = await openTestRedis({ url: redis.url.replace('//', `//default:${password}@`) });
    expect(await store.take([take('a')], NOW)).toMatchObject({ kind });
    await store.close();
    await redis.stop();
  });
});

async function startLocked(password: string): Promise<RedisProcess> {
  const redis = await startRedis();
  const admin = new Redis(redis.url, { enableReadyCheck: false });
  await admin.call('ACL', 'SETUSER', 'default', 'resetpass', `>${password}`);
  admin.disconnect();
  return redis;
}
