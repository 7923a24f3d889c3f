import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DiscoveryResponseSchema } from '@paymesh/common/envoy-discovery';
import { createLogger } from '@paymesh/common/log';
import { POLICY_SET_TYPE_URL } from '@paymesh/common/policy-set';
import { createFakeClock, eventually } from '@paymesh/common/testing';

import { startRateLimiter } from './main.ts';
import { createRlsClient, type FakeControlPlane, startFakeControlPlane } from './testing/index.ts';

const NODE = 'rate-limiter/one';

let root = '';
let dir = '';
let plane: FakeControlPlane;
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'paymesh-served-'));
  dir = join(root, 'rules');
  await mkdir(dir);
  plane = await startFakeControlPlane();
});

const closeLimiters = async (): Promise<void> => {
  for (const close of closers.splice(0).reverse()) await close();
};

afterEach(async () => {
  await closeLimiters();
  await plane.stop();
  await rm(root, { recursive: true, force: true });
});

async function start({ hasFolder = false } = {}) {
  const lines: string[] = [];
  const running = await startRateLimiter({
    ...(hasFolder && { configDir: dir }),
    controlPlane: { server: plane.server, name: 'one' },
    lastGoodFile: join(root, 'last-good.json'),
    listen: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: createLogger({ service: 'rate-limiter', destination: { write: (line) => void lines.push(line) } }),
    clock: createFakeClock(30_000),
  });
  const client = createRlsClient(running.addresses['listen'] ?? '');
  closers.push(
    () => running.stop(),
    () => client.close(),
  );
  const admin = (path: string) => fetch(`http://${running.addresses['admin']}${path}`);
  const limitOf = async (domain: string, ...entries: readonly (readonly [string, string])[]) => {
    const pairs = entries.map(([key, value]) => ({ key, value }));
    const { statuses } = await client.ask({ domain, descriptors: [{ entries: pairs, hitsAddend: 0n }] });
    return statuses[0]?.currentLimit?.requestsPerUnit;
  };
  return {
    /** Requests a minute that the policy lets pass; undefined without the policy. */
    limit: () => limitOf('paymesh', ['policy', 'pay/per-merchant'], ['limit', 'all']),
    shopLimit: () => limitOf('shop', ['user', 'a']),
    isReady: async () => (await admin('/readyz')).status === 200,
    metrics: async () => (await admin('/metrics')).text(),
    output: () => lines.join(''),
  };
}

/** As the control plane serves it: what is not for limiters is blank. */
const policy = (rate: string, path = 'mesh/limits.yaml') => ({
  path,
  text: `


apiVersion: paymesh.dev/v1
kind: RateLimitPolicy
metadata: { name: per-merchant, namespace: pay }
spec:
  targetRefs: [{ kind: Route, name: charge }]
  limits: [{ name: all, per: [], rate: ${rate} }]
  onLimited: { status: 429 }
  onStoreDown: { fallback: Closed }
`,
});

const shop = (limit: number, domain = 'shop'): string =>
  `domain: ${domain}\ndescriptors: [{key: user, rate_limit: {unit: minute, requests_per_unit: ${limit}}}]\n`;

const saveShop = (text: string): Promise<void> => writeFile(join(dir, 'shop.yaml'), text);

describe('policies of a control plane', () => {
  test('are waited for, asked for by name, taken over and acknowledged', async () => {
    const limiter = await start();
    expect(await limiter.isReady()).toBe(false);
    await expect(limiter.limit()).rejects.toMatchObject({ code: 14 });
    await eventually(() => expect(plane.said).toEqual([{ node: NODE, version: '', to: 'first' }]));
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    plane.serve('v2', [policy('6/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(6));
    expect(await limiter.isReady()).toBe(true);
    expect(await limiter.metrics()).toContain(
      'paymesh_ratelimit_control_plane_connected{component="rate-limiter"} 1',
    );
    await eventually(() =>
      expect(plane.said.slice(1)).toEqual([
        { node: NODE, version: 'v1', to: 'v1' },
        { node: NODE, version: 'v2', to: 'v2' },
      ]),
    );
  });

  test('without limits are a configuration too: nothing is limited', async () => {
    const limiter = await start();
    plane.serve('v0', []);
    await eventually(async () => expect(await limiter.isReady()).toBe(true));
    expect(await limiter.limit()).toBeUndefined();
  });

  test('that have errors are refused with all of them, each with its place, and the last ones hold', async () => {
    const limiter = await start();
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    plane.serve('v2', [policy('many'), policy('7/m', 'mesh/other.yaml'), policy('few', 'mesh/third.yaml')]);
    const answer = await eventually(() => {
      const found = plane.said.find(({ to }) => to === 'v2');
      if (found === undefined) throw new Error('no answer');
      return found;
    });
    expect(answer.version).toBe('v1');
    expect(answer.error?.split('\n')).toEqual([
      expect.stringMatching(/^mesh\/limits\.yaml:9:40: error PM2106: .*"many"/),
      expect.stringMatching(/^mesh\/third\.yaml:9:40: error PM2106: .*"few"/),
    ]);
    expect([await limiter.limit(), await limiter.isReady()]).toEqual([5, true]);
  });

  test.each([
    ['no resource', []],
    ['bytes that are no PolicySet', [{ typeUrl: POLICY_SET_TYPE_URL, value: new Uint8Array([10, 200]) }]],
    ['another type', [{ typeUrl: 'type.googleapis.com/google.protobuf.Empty', value: new Uint8Array() }]],
  ])('are refused where the response has %s', async (_name, resources) => {
    await start();
    await eventually(() => expect(plane.said).toHaveLength(1));
    const response = { versionInfo: 'v1', nonce: 'v1', typeUrl: POLICY_SET_TYPE_URL };
    plane.send(
      create(DiscoveryResponseSchema, {
        ...response,
        resources: resources.map((any) => ({ $typeName: 'google.protobuf.Any' as const, ...any })),
      }),
    );
    await eventually(() =>
      expect(plane.said[1]).toMatchObject({
        version: '',
        to: 'v1',
        error: expect.stringContaining('PolicySet'),
      }),
    );
  });

  test('a stream that ends is opened again, with the version that holds', async () => {
    const limiter = await start();
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    plane.cut();
    await eventually(() => expect(plane.said.at(-1)).toEqual({ node: NODE, version: 'v1', to: 'first' }));
    expect(plane.said.filter(({ to }) => to === 'v1')).toHaveLength(1);
    plane.serve('v2', [policy('6/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(6));
  });

  test('hold while the control plane is away, and one that is back is found', async () => {
    const limiter = await start();
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    const { port } = plane.server;
    await plane.stop();
    await eventually(() => expect(limiter.output()).toContain('the control plane is away'));
    expect([await limiter.limit(), await limiter.isReady()]).toEqual([5, true]);
    expect(await limiter.metrics()).toContain(
      'paymesh_ratelimit_control_plane_connected{component="rate-limiter"} 0',
    );
    plane = await startFakeControlPlane(port);
    plane.serve('v2', [policy('6/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(6), { timeoutMs: 20_000 });
  });

  test('are kept on disk for a start while the control plane is away, which is said aloud', async () => {
    await start();
    plane.serve('v1', [policy('5/m')]);
    await eventually(() => expect(plane.said.at(-1)).toMatchObject({ to: 'v1' }));
    await closeLimiters();
    const { port } = plane.server;
    await plane.stop();
    const limiter = await start();
    expect([await limiter.limit(), await limiter.isReady()]).toEqual([5, true]);
    expect(limiter.output()).toContain('STARTED WITH THE LAST GOOD POLICIES');
    plane = await startFakeControlPlane(port);
    plane.serve('v1', [policy('9/m')]);
    await eventually(() => expect(plane.said[0]).toMatchObject({ version: 'v1', to: 'first' }), {
      timeoutMs: 20_000,
    });
  });

  test('are asked for anew where the file on disk was changed', async () => {
    const path = join(root, 'last-good.json');
    await start();
    plane.serve('v1', [policy('5/m')]);
    await eventually(() => expect(plane.said.at(-1)).toMatchObject({ to: 'v1' }));
    await closeLimiters();
    await writeFile(path, (await readFile(path, 'utf8')).replace('5/m', '8/m'));
    const limiter = await start();
    expect(limiter.output()).toContain('the last good rules on disk cannot be used');
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    expect(plane.said.at(-2)).toMatchObject({ version: '', to: 'first' });
  });
});

describe('a folder beside a control plane', () => {
  test('adds its domains, and both are edited on their own', async () => {
    await saveShop(shop(3));
    const limiter = await start({ hasFolder: true });
    expect(await limiter.isReady()).toBe(false);
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    expect(await limiter.shopLimit()).toBe(3);
    await saveShop(shop(4));
    await eventually(async () => expect(await limiter.shopLimit()).toBe(4));
    plane.serve('v2', [policy('6/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(6));
    expect(await limiter.shopLimit()).toBe(4);
  });

  test('that does not go with the policies has them refused, and mended says that they hold', async () => {
    await saveShop(shop(3));
    const limiter = await start({ hasFolder: true });
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    await saveShop(shop(3, 'paymesh'));
    await eventually(() => expect(limiter.output()).toContain('rules refused'));
    plane.serve('v2', [policy('6/m')]);
    await eventually(() =>
      expect(plane.said.at(-1)).toMatchObject({ to: 'v2', error: expect.stringContaining('error RL2002') }),
    );
    expect([await limiter.limit(), await limiter.shopLimit()]).toEqual([5, 3]);
    await saveShop(shop(4));
    await eventually(() => expect(plane.said.at(-1)).toEqual({ node: NODE, version: 'v2', to: 'first' }));
    expect([await limiter.limit(), await limiter.shopLimit()]).toEqual([6, 4]);
  });

  test('holds no policies of its own', async () => {
    await writeFile(join(dir, 'own.yaml'), policy('5/m').text);
    await start({ hasFolder: true });
    plane.serve('v1', [policy('5/m')]);
    await eventually(() =>
      expect(plane.said.at(-1)?.error).toMatch(
        /own\.yaml:1:1: error RL2021: .*policies come from the control plane/,
      ),
    );
  });

  test('that became empty takes nothing out of force', async () => {
    await saveShop(shop(3));
    const limiter = await start({ hasFolder: true });
    plane.serve('v1', [policy('5/m')]);
    await eventually(async () => expect(await limiter.limit()).toBe(5));
    await rm(join(dir, 'shop.yaml'));
    await eventually(() => expect(limiter.output()).toContain('no rule files in the folder'));
    plane.serve('v2', [policy('6/m')]);
    await eventually(() =>
      expect(plane.said.at(-1)).toMatchObject({ to: 'v2', error: 'the folder of ratelimit files is empty' }),
    );
    expect([await limiter.limit(), await limiter.shopLimit()]).toEqual([5, 3]);
  });

  test('that was edited while both were away holds with the policies from disk', async () => {
    await saveShop(shop(3));
    await start({ hasFolder: true });
    plane.serve('v1', [policy('5/m')]);
    await eventually(() => expect(plane.said.at(-1)).toMatchObject({ to: 'v1' }));
    await closeLimiters();
    await plane.stop();
    await saveShop(shop(4));
    const limiter = await start({ hasFolder: true });
    expect([await limiter.limit(), await limiter.shopLimit()]).toEqual([5, 4]);
  });
});
