import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { eventually, freePort } from '@paymesh/common/testing';

import { createMerchant } from '../harness/index.ts';
import { type Container, containersOf, type Manifest, parseManifests, podOf } from './manifests.ts';
import { render, root } from './render.ts';
import { findChartTools } from './tools.ts';
import { createVolume, type Volume } from './volume.ts';

const tools = findChartTools(process.env);
const envoy = findEnvoy(process.env) ?? '';
if (envoy === '' && process.env['CI'] === 'true') throw new Error('CI has no Envoy: see README.md');

/** Slow machines start everything at once. */
const READY_TIMEOUT_MS = 90_000;
const START_TIMEOUT_MS = 2 * READY_TIMEOUT_MS;
const PAYMESH = join(root, 'cli/bin/paymesh.mjs');
const HOST = '.pay.svc.cluster.local';
/** What the chart's Pods listen on, each alone at its address; here all share one. */
const PORTS = [18_000, 18_001, 18_010, 18_011, 18_020, 18_021, 18_022, 10_000, 15_000, 15_021];

/** One query an hour, which the gateway itself keeps: it must have asked for its part of the limit. */
const QUOTA = `
policies:
  files:
    quota.yaml: |
      apiVersion: paymesh.dev/v1
      kind: RateLimitPolicy
      metadata: { name: order-queries, namespace: pay }
      spec:
        targetRefs: [{ kind: Route, name: order-query }]
        limits: [{ name: one, rate: 1/h, enforce: proxy }]
        onStoreDown: { fallback: Open }
`;

/** Three services and the gateway of a rendered chart, started on this machine with the very arguments of their Pods. */
(tools === undefined || envoy === '' ? describe.skip : describe)(
  'the chart runs (needs helm and Envoy)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymesh-pods-'));
    const children: ChildProcess[] = [];
    const ports = new Map<number, number>();
    let manifests: readonly Manifest[];
    let policies: Volume;
    let files: Record<string, string>;

    beforeAll(async () => {
      for (const port of PORTS) ports.set(port, await freePort());
      const values = join(folder, 'values.yaml');
      writeFileSync(values, QUOTA);
      manifests = parseManifests(
        render(tools?.helm ?? '', [values], ['--set', 'redis.mode=none', ...oneOfEach]),
      );
      files = dataOf(manifests, 'ConfigMap', 'policies');
      for (const name of Object.keys(files)) files[name] = local(files[name] ?? '');
      mkdirSync(join(folder, 'bootstrap'));
      policies = createVolume(join(folder, 'policies'), files);
      const keys = Object.entries(dataOf(manifests, 'Secret', 'keys'));
      createVolume(
        join(folder, 'keys'),
        Object.fromEntries(keys.map(([name, text]) => [name, Buffer.from(text, 'base64').toString()])),
      );
      for (const name of ['control-plane', 'ext-authz', 'rate-limiter'])
        start(process.execPath, [PAYMESH, name, ...argsOf(containerOf(manifests, name, name))]);
      for (const port of [18_001, 18_011, 18_021])
        await eventually(() => expectStatus(port, '/readyz', 200), { timeoutMs: READY_TIMEOUT_MS });
      const bootstrap = spawnSync(process.execPath, [
        PAYMESH,
        ...argsOf(containerOf(manifests, 'edge', 'bootstrap')),
      ]);
      expect(String(bootstrap.stderr)).toBe('');
      start(envoy, argsOf(containerOf(manifests, 'edge', 'envoy')));
    }, START_TIMEOUT_MS);

    afterAll(async () => {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(
        children.map((child) => eventually(() => expect(child.exitCode ?? child.signalCode).not.toBeNull())),
      );
      rmSync(folder, { recursive: true });
    });

    test('the gateway is ready where kubelet asks', () =>
      eventually(() => expectStatus(15_021, '/ready', 200), { timeoutMs: 20_000 }));

    test('its metrics are where Prometheus asks, and nothing else of its admin interface', async () => {
      const metrics = await (await get(15_021, '/stats/prometheus')).text();
      expect(metrics).toContain('envoy_server_live');
      for (const path of ['/config_dump', '/ready/../quitquitquit', '/stats/prometheus/../../clusters', '/'])
        await expectStatus(15_021, path, 404);
      const post = await fetch(`http://127.0.0.1:${ports.get(15_021)}/ready`, { method: 'POST' });
      expect(post.status).toBe(404);
    });

    test('nothing passes unsigned', () => expectStatus(10_000, '/v1/payments/unsigned', 401));

    test('what a generated key signed passes, and finds no payments here', () =>
      eventually(async () => {
        const url = `http://127.0.0.1:${ports.get(10_000)}/v1/payments/123`;
        const key = [
          '--scheme',
          'hmac',
          '--key',
          'merchant-a-2026',
          '--secret',
          join(folder, 'keys/merchant-a-2026.key'),
        ];
        const { stdout } = spawnSync(process.execPath, [PAYMESH, 'sign', '--json', ...key, url], {
          encoding: 'utf8',
        });
        const { headers } = JSON.parse(stdout) as { readonly headers: readonly [string, string][] };
        const answer = await fetch(url, {
          headers: headers.filter(([name]) => name.toLowerCase() !== 'host'),
        });
        expect(answer.status).toBe(503);
      }));

    test('the gateway keeps a limit by itself, of which the rate limiter gave it its part', async () => {
      const edge = `http://127.0.0.1:${ports.get(10_000)}`;
      const merchant = createMerchant({ edge, keyId: 'merchant-a-2026', policies: folder });
      const refused = { status: 429, body: { code: 'rate_limited' } };
      await eventually(async () => expect(await merchant.get('/v1/orders/123')).toMatchObject(refused), {
        timeoutMs: 20_000,
      });
      const metrics = await (await get(18_021, '/metrics')).text();
      expect(metrics).toMatch(/paymesh_ratelimit_quota_buckets\{[^}]*\} 1\n/);
      expect(metrics).toMatch(/paymesh_ratelimit_quota_assignments_total\{kind="bucket"[^}]*\} [1-9]/);
      // Where others reach the admin port, nobody is shown what clients sent.
      await expectStatus(18_021, '/quota', 403);
      await merchant.close();
    });

    test('a rate limiter has its policies from the control plane, where the values say so', async () => {
      const served = ['--set', 'redis.mode=none', '--set', 'rateLimiter.policiesFrom=controlPlane'];
      const rendered = parseManifests(render(tools?.helm ?? '', [], [...served, ...oneOfEach]));
      const args = argsOf(containerOf(rendered, 'rate-limiter', 'rate-limiter'));
      expect(args.filter((arg) => arg.startsWith('--config'))).toEqual([]);
      const [ownListen, ownAdmin, ownQuotas] = [await freePort(), await freePort(), await freePort()];
      const own = args.map((arg) =>
        arg
          .replace(`:${ports.get(18_022)}`, `:${ownQuotas}`)
          .replace(`:${ports.get(18_021)}`, `:${ownAdmin}`)
          .replace(`:${ports.get(18_020)}`, `:${ownListen}`),
      );
      start(process.execPath, [PAYMESH, 'rate-limiter', ...own, '--node=second']);
      await eventually(
        async () => expect((await fetch(`http://127.0.0.1:${ownAdmin}/readyz`)).status).toBe(200),
        { timeoutMs: READY_TIMEOUT_MS },
      );
      const rules = await (await fetch(`http://127.0.0.1:${ownAdmin}/rules`)).text();
      expect(rules).toContain('pay/per-merchant');
    });

    test('the Pod of helm test finds nothing wrong, but that no sample runs here', () => {
      const [pod] = manifests.filter(({ kind }) => kind === 'Pod').flatMap((one) => podOf(one) ?? []);
      const asked = (pod?.containers[0]?.args ?? []).map((url) =>
        local(
          url
            .replace(/mesh-paymesh-edge(?:-metrics)?\.pay\.svc\.cluster\.local/, '127.0.0.1')
            .replace(':80/', ':10000/'),
        ),
      );
      const here = asked.filter((url) => !url.includes('.invalid'));
      const check = [join(root, 'scripts/healthcheck.mjs'), ...here];
      const run = spawnSync(process.execPath, check, { encoding: 'utf8' });
      expect({ status: run.status, stderr: run.stderr }).toEqual({ status: 0, stderr: '' });
      expect([here.length, asked.length - here.length]).toEqual([5, 6]);
    });

    test('an edit of the ConfigMap arrives as the swap of a link', async () => {
      const routes = files['routes-merchants.yaml'] ?? '';
      policies.swap({ ...files, 'routes-merchants.yaml': routes.replace('/payment/query', '/payment/ask') });
      await eventually(() => expectStatus(10_000, '/payment/ask', 401));
      await expectStatus(10_000, '/payment/query', 404);
    });

    function start(command: string, args: readonly string[]): void {
      const log = openSync(join(folder, 'log'), 'a');
      children.push(spawn(command, args, { stdio: ['ignore', log, log] }));
    }

    function argsOf(container: Container): readonly string[] {
      return (container.args ?? []).map((arg) =>
        local(arg.replaceAll(/\/(?:etc|var\/lib)\/paymesh/g, folder)),
      );
    }

    /** The same text with ports of this machine; names but that of the gateway are loopback. */
    function local(text: string): string {
      const named = text.replaceAll(
        /mesh-paymesh-(control-plane|ext-authz|rate-limiter)\.pay\.svc\.cluster\.local/g,
        '127.0.0.1',
      );
      return named
        .replaceAll(/\b\d{5}\b/g, (port) => String(ports.get(Number(port)) ?? port))
        .replaceAll(HOST, '.invalid');
    }

    function get(port: number, path: string): Promise<Response> {
      return fetch(`http://127.0.0.1:${ports.get(port)}${path}`);
    }

    async function expectStatus(port: number, path: string, status: number): Promise<void> {
      expect({ path, status: (await get(port, path)).status }).toEqual({ path, status });
    }
  },
);

const oneOfEach = ['--set', 'extAuthz.replicas=1', '--set', 'rateLimiter.replicas=1'];

function dataOf(manifests: readonly Manifest[], kind: string, name: string): Record<string, string> {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === `mesh-paymesh-${name}`);
  return { ...found?.data };
}

function containerOf(manifests: readonly Manifest[], deployment: string, name: string): Container {
  const manifest = manifests.find(
    (one) => one.kind === 'Deployment' && one.metadata.name === `mesh-paymesh-${deployment}`,
  );
  const pod = manifest === undefined ? undefined : podOf(manifest);
  const found = pod === undefined ? undefined : containersOf(pod).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no container ${deployment}/${name}`);
  return found;
}
