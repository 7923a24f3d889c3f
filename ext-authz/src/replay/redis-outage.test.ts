import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort, inTime, isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';

import type { NonceStore } from './nonce-store.ts';
import { createRedisStores, isUsable, newKey } from './testing/redis-stores.ts';

/** What is promised. */
const PROMISED_MS = 20;
const CLAIMS = 41;

(isRedisAvailable() ? describe : describe.skip)('a Redis that does not answer (needs redis-server)', () => {
  const stores = createRedisStores();
  let redis: RedisProcess;

  beforeEach(async () => {
    redis = await startRedis();
  });

  afterEach(async () => {
    await stores.closeAll();
    await redis.stop();
  });

  test('is stopped: unavailable in time, and usable again by itself', async () => {
    const store = await stores.openConnected(redis);
    redis.process.kill('SIGSTOP');
    await expectUnavailableInTime(store);
    redis.process.kill('SIGCONT');
    await isUsable(store);
  });

  test('is stopped for so long that the connection is given up: the same', async () => {
    const store = await stores.openConnected(redis);
    redis.process.kill('SIGSTOP');
    const untilMs = performance.now() + 2_500;
    while (performance.now() < untilMs) await expectUnavailableInTime(store);
    redis.process.kill('SIGCONT');
    await isUsable(store);
  });

  test('is killed: unavailable in time, and usable again when it is back', async () => {
    const store = await stores.openConnected(redis);
    redis.process.kill('SIGKILL');
    await expectUnavailableInTime(store);
    await redis.stop();
    await expectUnavailableInTime(store);
    redis = await startRedis(redis.port);
    await isUsable(store);
  });

  test('is behind a network that swallows everything: unavailable in time, and usable again', async () => {
    const network = await startNetwork(redis.port);
    try {
      const store = await stores.openConnected({ url: `redis://127.0.0.1:${network.port}` });
      network.swallow(true);
      await expectUnavailableInTime(store);
      network.swallow(false);
      await isUsable(store);
    } finally {
      network.close();
    }
  });

  test('has all claims of a burst waiting when it stops: each is answered in time', async () => {
    const store = await stores.openConnected(redis);
    redis.process.kill('SIGSTOP');
    const claims = Promise.all(Array.from({ length: 500 }, async () => store.claim(newKey(), 1_000)));
    expect(await inTime(claims, PROMISED_MS)).toEqual(Array(500).fill('unavailable'));
    redis.process.kill('SIGCONT');
  });
});

async function expectUnavailableInTime(store: NonceStore): Promise<void> {
  for (let index = 0; index < CLAIMS; index += 1) {
    expect(await inTime(store.claim(newKey(), 1_000, 'attempt'), PROMISED_MS)).toBe('unavailable');
    // So that the breaker lets trials through, which are the claims that wait.
    await pause(10);
  }
}

interface Network {
  readonly port: number;
  /** While true nothing comes through, and no end is told. */
  swallow(isSwallowing: boolean): void;
  close(): void;
}

async function startNetwork(target: number): Promise<Network> {
  const sockets: Socket[] = [];
  let isSwallowing = false;
  const server: Server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    sockets.push(client, upstream);
    for (const end of [client, upstream]) end.on('error', () => end.destroy());
    client.pipe(upstream).pipe(client);
    // What was sent is not lost, for TCP sends it again: it comes late.
    if (isSwallowing) for (const end of [client, upstream]) end.pause();
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    swallow: (isOn) => {
      isSwallowing = isOn;
      for (const socket of sockets) socket[isOn ? 'pause' : 'resume']();
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
