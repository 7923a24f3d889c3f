import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { eventually, freePort } from '@paymesh/common/testing';

import { createSnapshotStore, type Resource } from '../snapshot/index.ts';
import type { AdsEvent } from './events.ts';
import { type AdsServer, startAdsServer } from './index.ts';
import { type EnvoyProcess, startEnvoy } from './testing/envoy-process.ts';
import {
  edsCluster,
  endpoints,
  httpListener,
  meshSnapshot,
  nodeSnapshot,
  routeTo,
} from './testing/resources.ts';

const binary = findEnvoy(process.env);
if (binary === undefined && process.env['CI'] === 'true') throw new Error('CI=true and no Envoy was found');

const NODE = 'edge';
const EVERY_MS = 5;
/** How long an old cluster stays here: no request takes longer. */
const SPARE_MS = 100;

/** Sends a request every 5 ms until stopped; gives how many there were and what failed. */
function load(port: number) {
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let sent = 0;
  const one = async () => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      await response.text();
      if (response.status !== 200) failures.push(`status ${response.status}`);
    } catch (error) {
      failures.push(String(error));
    }
  };
  const timer = setInterval(() => {
    sent += 1;
    const promise: Promise<void> = one().finally(() => pending.delete(promise));
    pending.add(promise);
  }, EVERY_MS);
  return {
    sent: () => sent,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(pending);
      return { sent, failures };
    },
  };
}

async function upstream(): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

(binary === undefined ? describe.skip : describe)('a real Envoy over ADS (needs envoy)', () => {
  const store = createSnapshotStore();
  const events: AdsEvent[] = [];
  const observe = (event: AdsEvent) => void events.push(event);
  const servers: Server[] = [];
  let ads: AdsServer;
  let envoy: EnvoyProcess;
  let ports: { listener: number; ads: number; upstream: readonly [number, number] };

  const publish = (...resources: Resource[]) =>
    store.publish(meshSnapshot(nodeSnapshot(NODE, [httpListener('gateway', ports.listener), ...resources])));
  const withCluster = (name: string, port: number, marker = 'none') =>
    publish(edsCluster(name), endpoints(name, port), routeTo('gateway', name, marker));
  const swapAndChange = async (name: string, port: number, round: number) => {
    withCluster(name, port);
    await synced();
    publish(edsCluster(name, 300 + round), endpoints(name, port), routeTo('gateway', name));
    await synced();
  };
  const synced = () =>
    eventually(() => {
      const version = store.get(NODE)?.version;
      const event = events.findLast((one) => one.kind === 'synced');
      expect(event).toMatchObject({ version });
      return event;
    });

  beforeAll(async () => {
    const upstreams = [await upstream(), await upstream()] as const;
    servers.push(...upstreams.map(({ server }) => server));
    ports = {
      listener: await freePort(),
      ads: await freePort(),
      upstream: [upstreams[0].port, upstreams[1].port],
    };
    ads = await startAdsServer({
      listen: { host: '127.0.0.1', port: ports.ads },
      store,
      observe,
      spareMs: SPARE_MS,
    });
    withCluster('pay/old', ports.upstream[0]);
    envoy = await startEnvoy({
      binary: binary ?? '',
      node: NODE,
      adsPort: ports.ads,
      adminPort: await freePort(),
    });
  }, 30_000);

  afterAll(async () => {
    await envoy?.stop();
    await ads?.close();
    for (const server of servers) server.close();
  });

  test('gets clusters, endpoints, listeners and routes', async () => {
    await synced();
    const response = await fetch(`http://127.0.0.1:${ports.listener}/`);
    expect([response.status, await response.text()]).toEqual([200, 'ok']);
  });

  test('swaps, changes and removes clusters under load without a failed request', async () => {
    const traffic = load(ports.listener);
    for (let round = 0; round < 5; round += 1) {
      await swapAndChange('pay/new', ports.upstream[1], round);
      await swapAndChange('pay/old', ports.upstream[0], round);
    }
    const { sent, failures } = await traffic.stop();
    expect({ failures, isLoaded: sent > 20 }).toEqual({ failures: [], isLoaded: true });
    expect(await envoy.stat('cluster_manager.warming_clusters')).toBe(0);
    await eventually(async () => expect(await envoy.stat('cluster_manager.active_clusters')).toBe(2));
    expect(events.filter(({ kind }) => kind === 'nack' || kind === 'late')).toEqual([]);
  }, 20_000);

  test('brings a routes-only edit to the proxy within milliseconds', async () => {
    const lags: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      withCluster('pay/old', ports.upstream[0], `round-${round}`);
      const event = await synced();
      if (event?.kind === 'synced') lags.push(event.lagMs);
    }
    lags.sort((a, b) => a - b);
    const response = await fetch(`http://127.0.0.1:${ports.listener}/`);
    expect(response.headers.get('x-marker')).toBe('round-19');
    // The best quarter: others may be at work on the machine.
    expect(lags[4]).toBeLessThan(50);
  }, 20_000);

  test('tells of a refused route and keeps the old one', async () => {
    events.length = 0;
    publish(edsCluster('pay/old'), endpoints('pay/old', ports.upstream[0]), {
      ...routeTo('gateway', 'pay/old'),
      version: 'broken',
      bytes: new Uint8Array([0xff]),
    });
    await eventually(() => {
      expect(events.find(({ kind }) => kind === 'nack')).toMatchObject({
        nack: { type: 'route', names: ['gateway'], message: expect.stringContaining('Unable to unpack') },
      });
    });
    expect((await fetch(`http://127.0.0.1:${ports.listener}/`)).status).toBe(200);
    withCluster('pay/old', ports.upstream[0]);
    await synced();
    expect(events.filter(({ kind }) => kind === 'nack')).toHaveLength(1);
  });

  test('loses no request while the server is away and back on the same port', async () => {
    const traffic = load(ports.listener);
    await ads.close();
    const sentBefore = traffic.sent();
    await eventually(() => expect(traffic.sent() - sentBefore).toBeGreaterThan(100));
    events.length = 0;
    ads = await startAdsServer({
      listen: { host: '127.0.0.1', port: ports.ads },
      store,
      observe,
      spareMs: SPARE_MS,
    });
    await eventually(() => expect(events.some(({ kind }) => kind === 'synced')).toBe(true), {
      timeoutMs: 30_000,
    });
    withCluster('pay/new', ports.upstream[1]);
    await synced();
    const { failures } = await traffic.stop();
    expect(failures).toEqual([]);
  }, 60_000);

  test('loses no request when the server goes in the middle of a swap and comes back knowing nothing', async () => {
    for (let round = 0; round < 3; round += 1) {
      const old = [edsCluster('pay/old'), endpoints('pay/old', ports.upstream[0])];
      const next = [edsCluster('pay/new'), endpoints('pay/new', ports.upstream[1])];
      publish(...old, ...next, routeTo('gateway', 'pay/old'));
      await synced();
      const traffic = load(ports.listener);
      await ads.close();
      events.length = 0;
      publish(...next, routeTo('gateway', 'pay/new'));
      ads = await startAdsServer({
        listen: { host: '127.0.0.1', port: ports.ads },
        store,
        observe,
        spareMs: SPARE_MS,
      });
      await eventually(() => expect(events.some(({ kind }) => kind === 'synced')).toBe(true), {
        timeoutMs: 30_000,
      });
      const { failures } = await traffic.stop();
      expect(failures).toEqual([]);
    }
  }, 90_000);
});
