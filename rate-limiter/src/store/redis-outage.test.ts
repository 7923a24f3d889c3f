import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { afterEach, describe, expect, test } from '@jest/globals';
import {
  eventually,
  freePort,
  isRedisAvailable,
  type RedisProcess,
  startRedis,
  startRedisSentinel,
} from '@paymesh/common/testing';

import { openTestRedis } from '../testing/index.ts';
import { createBreaker } from './breaker.ts';
import { createLeasingStore } from './leasing-store.ts';
import { NOW, take } from './store.contract.ts';
import type { CounterStore, Taken } from './types.ts';

/** As in production, but for the machine's other load. */
const TIMEOUT_MS = 50;
const UNDER_WAY = 32;
/** A call may meet the timeout twice, and a busy machine. */
const WORST_MS = 1_000;
const FAILOVER_MS = 40_000;
/** Calls of an outage that are looked at. */
const SAMPLE = 2_000;

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Load {
  /** Milliseconds and answers of the calls since the last question. */
  seen(): readonly { readonly tookMs: number; readonly kind: Taken['kind'] }[];
}

/** Calls of many keys without end, so many under way at any time. */
function startLoad(store: CounterStore): Load {
  const state = { isOn: true };
  let seen: { tookMs: number; kind: Taken['kind'] }[] = [];
  let calls = 0;
  const worker = async (): Promise<void> => {
    while (state.isOn) {
      calls += 1;
      const startedMs = performance.now();
      const { kind } = await store.take([take(`k${calls % 500}`)], NOW);
      if (seen.length < SAMPLE) seen.push({ tookMs: performance.now() - startedMs, kind });
      // A call that is answered at once would leave no turn to the sockets.
      await pause(1);
    }
  };
  const workers = Array.from({ length: UNDER_WAY }, worker);
  closers.push(async () => {
    state.isOn = false;
    await Promise.all(workers);
  });
  return {
    seen: () => {
      const last = seen;
      seen = [];
      return last;
    },
  };
}

/** The store as the service has it, and what its breaker told. */
async function openUnderLoad(url: string) {
  const changes: boolean[] = [];
  const redis = await openTestRedis({ url, timeoutMs: TIMEOUT_MS });
  const breaker = createBreaker(redis, { onChange: ({ isOpen }) => void changes.push(isOpen) });
  const store = createLeasingStore({ store: breaker });
  closers.push(() => store.close());
  const load = startLoad(store);
  await eventually(() => expect(load.seen().some(({ kind }) => kind === 'counted')).toBe(true));
  return { changes, load };
}

type UnderLoad = Awaited<ReturnType<typeof openUnderLoad>>;

/** The breaker opens, no call has waited longer than it may, and then they are answered at once. */
async function expectFallback({ changes, load }: UnderLoad, timeoutMs = 5_000): Promise<void> {
  await eventually(() => expect(changes.at(-1)).toBe(true), { timeoutMs });
  expect(Math.max(...load.seen().map(({ tookMs }) => tookMs))).toBeLessThan(WORST_MS);
  await eventually(() => {
    const down = load.seen().filter(({ kind }) => kind === 'down');
    expect(down.length).toBeGreaterThan(10);
    const tookMs = down.map((each) => each.tookMs).sort((a, b) => a - b);
    expect(tookMs[Math.floor(tookMs.length / 2)]).toBeLessThan(1);
  });
}

async function expectBack({ changes, load }: UnderLoad, timeoutMs = 10_000): Promise<void> {
  const isBack = () => {
    expect(changes.at(-1)).toBe(false);
    const kinds = new Set(load.seen().map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(['counted']));
  };
  await eventually(isBack, { timeoutMs });
}

(isRedisAvailable() ? describe : describe.skip)('a Redis under load (needs redis-server)', () => {
  const start = async (port?: number): Promise<RedisProcess> => {
    const redis = await startRedis(port);
    closers.push(() => redis.stop());
    return redis;
  };

  test('is killed: calls fall back at once, and count again when it is back', async () => {
    const redis = await start();
    const underLoad = await openUnderLoad(redis.url);
    redis.process.kill('SIGKILL');
    await expectFallback(underLoad);
    await start(redis.port);
    await expectBack(underLoad);
  });

  test('is stopped: calls fall back in time, and count again when it goes on', async () => {
    const redis = await start();
    const underLoad = await openUnderLoad(redis.url);
    redis.process.kill('SIGSTOP');
    await expectFallback(underLoad);
    redis.process.kill('SIGCONT');
    await expectBack(underLoad);
  });

  test('is slowed: calls fall back in time, and count again when it is fast', async () => {
    const redis = await start();
    const network = await startNetwork(redis.port);
    closers.push(() => network.close());
    const underLoad = await openUnderLoad(`redis://127.0.0.1:${network.port}`);
    network.delay(4 * TIMEOUT_MS);
    await expectFallback(underLoad);
    network.delay(0);
    await expectBack(underLoad);
  });

  test('fails over: calls fall back, and count again on the replica', async () => {
    const group = await startRedisSentinel();
    closers.push(() => group.stop());
    const underLoad = await openUnderLoad(group.url);
    group.master.process.kill('SIGKILL');
    await expectFallback(underLoad);
    await expectBack(underLoad, FAILOVER_MS);
  }, 60_000);
});

interface Network {
  readonly port: number;
  /** What comes from now on comes so much later. */
  delay(ms: number): void;
  close(): void;
}

async function startNetwork(target: number): Promise<Network> {
  const sockets: Socket[] = [];
  let delayMs = 0;
  const server: Server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    sockets.push(client, upstream);
    for (const end of [client, upstream]) end.on('error', () => end.destroy());
    client.pipe(upstream);
    upstream.on('data', (data) => {
      if (delayMs === 0) client.write(data);
      else setTimeout(() => client.write(data), delayMs);
    });
    upstream.on('close', () => client.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    delay: (ms) => {
      delayMs = ms;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
