// Control plane, rate limiter and Envoy together: limits that the proxy keeps by itself.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { loadPolicies } from '@paymesh/common/policy';
import { readFolder } from '@paymesh/common/source';
import { eventually, freePort } from '@paymesh/common/testing';
import { bootstrapFor, startControlPlane } from '@paymesh/control-plane';
import { startRateLimiter } from '@paymesh/rate-limiter';

const binary = findEnvoy(process.env) ?? '';
const log = createLogger({ service: 'test', level: 'silent' });
const loopback = (port: number) => ({ host: '127.0.0.1', port });

const document = (kind: string, name: string, spec: string) =>
  `---\napiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: pay}\nspec: {${spec}}\n`;

const PORTS = ['edge', 'edgeAdmin', 'ads', 'rls', 'rlqs'] as const;
type Ports = Readonly<Record<(typeof PORTS)[number] | 'program', number>>;

interface Limited {
  readonly name: string;
  readonly per?: string;
  readonly rate: string;
  readonly fallback: string;
}

function policies({ edge, edgeAdmin, program, ads, rls, rlqs }: Ports, limits: readonly Limited[]): string {
  const at = (port: number) => `"127.0.0.1:${port}"`;
  return [
    document(
      'MeshDefaults',
      'default',
      `controlPlane: {listen: ${at(ads)}, admin: ${at(2)}}, extAuthz: {endpoints: [${at(3)}], admin: ${at(7)}}, rateLimiter: {endpoints: [${at(rls)}], quotaEndpoints: [${at(rlqs)}], admin: ${at(1)}}`,
    ),
    document('Service', 'payments', ''),
    document('Workload', 'edge', `gateway: edge, port: ${edge}, proxy: {admin: ${edgeAdmin}}`),
    // The program stands where its sidecar would.
    document(
      'Workload',
      'payments-1',
      `service: payments, port: 4, proxy: {inbound: ${program}, outbound: 5, admin: 6}`,
    ),
    document('Route', 'free', 'service: payments, parent: edge, match: [{path: {prefix: /free}}]'),
    ...limits.flatMap(({ name, per = '', rate, fallback }) => [
      document('Route', name, `service: payments, parent: edge, match: [{path: {prefix: /${name}}}]`),
      document(
        'RateLimitPolicy',
        name,
        `targetRefs: [{kind: Route, name: ${name}}], limits: [{name: all, per: [${per}], rate: ${rate}, enforce: proxy}], onStoreDown: {fallback: ${fallback}}`,
      ),
    ]),
  ].join('');
}

const LIMITS: readonly Limited[] = [
  { name: 'small', rate: '3/m', fallback: 'Open' },
  { name: 'shop', per: 'header(x-shop)', rate: '2/m', fallback: 'Open' },
  { name: 'closed', per: 'header(x-shop)', rate: '100/s', fallback: 'Closed' },
  { name: 'local', rate: '3/m', fallback: 'Local' },
  { name: 'edited', rate: '1/h', fallback: 'Open' },
];

async function startEnvoy(folder: string, bootstrap: object, port: number): Promise<() => Promise<void>> {
  const path = join(folder, 'envoy.json');
  writeFileSync(path, JSON.stringify(bootstrap));
  const child = spawn(binary, ['-c', path, '--concurrency', '1', '--disable-hot-restart', '-l', 'off'], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await eventually(() => fetch(`http://127.0.0.1:${port}/free`), { timeoutMs: 20_000 });
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

(binary === '' ? describe.skip : describe)('limits that a real Envoy keeps by itself (needs envoy)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'paymesh-quota-'));
  const seen: IncomingHttpHeaders[] = [];
  const program = createServer((request, response) => {
    seen.push(request.headers);
    response.end('ok');
  });
  const stops: (() => Promise<void> | void)[] = [];
  let ports: Ports;
  let limiter: Running;

  beforeAll(async () => {
    await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', () => resolve()));
    const free = await Promise.all(PORTS.map(async (name) => [name, await freePort()] as const));
    ports = {
      ...(Object.fromEntries(free) as Record<(typeof PORTS)[number], number>),
      program: (program.address() as AddressInfo).port,
    };
    writeFileSync(join(folder, 'mesh.yaml'), policies(ports, LIMITS));
    const shared = { configDir: folder, admin: loopback(0), log };
    limiter = await startRateLimiter({
      ...shared,
      listen: loopback(ports.rls),
      rlqsListen: loopback(ports.rlqs),
    });
    stops.push(() => limiter.stop());
    const control = await startControlPlane({ ...shared, listen: loopback(ports.ads) });
    stops.push(() => control.stop());
    const { documents } = loadPolicies(await readFolder(folder));
    const workload = documents.find((one) => one.kind === 'Workload' && one.metadata.name === 'edge');
    if (workload?.kind !== 'Workload') throw new Error('no gateway');
    const bootstrap = bootstrapFor({ workload, controlPlane: loopback(ports.ads) });
    stops.push(await startEnvoy(folder, bootstrap, ports.edge));
  }, 40_000);

  afterAll(async () => {
    for (const stop of stops.toReversed()) await stop();
    program.closeAllConnections();
    program.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`http://127.0.0.1:${ports.edge}${path}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  const metric = async (name: string): Promise<string> => {
    const text = await (await fetch(`http://${limiter.addresses['admin']}/metrics`)).text();
    return text.split('\n').find((line) => line.startsWith(name)) ?? '';
  };
  const quotas = async (): Promise<string> =>
    (await fetch(`http://${limiter.addresses['admin']}/quota`)).text();
  const assigned = (text: string) => eventually(async () => expect(await quotas()).toContain(text));

  test('passes its part and refuses the rest, without a call for a request', async () => {
    await ask('/small');
    await assigned('pay/small/all');
    const answers = [];
    for (let count = 0; count < 20; count += 1) answers.push(await ask('/small'));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(17);
    expect(JSON.parse(refused[0]?.text ?? '')).toMatchObject({ code: 'rate_limited', status: 429 });
    expect(await metric('paymesh_ratelimit_call_duration_seconds_count')).toMatch(/ 0$/);
  });

  test('each value has a bucket, and requests without one share theirs', async () => {
    for (const shop of ['a', 'b', '']) await ask('/shop', shop === '' ? {} : { 'x-shop': shop });
    await assigned('"value":"b"');
    const views = JSON.parse(await quotas()) as {
      buckets: { limit: string; id: { key: string; value: string }[] }[];
    };
    const values = views.buckets
      .filter(({ limit }) => limit === 'pay/shop/all')
      .map(({ id }) => id.find(({ key }) => key === 'header.x-shop')?.value);
    expect(new Set(values)).toEqual(new Set(['a', 'b', undefined]));
    await ask('/shop', { 'x-shop': '' });
    await eventually(async () => expect((await quotas()).match(/pay\/shop\/all/g)).toHaveLength(3));
  });

  test('a caller cannot name a bucket, and the program sees none', async () => {
    seen.length = 0;
    const forged = {
      'x-paymesh-quota-1': 'allow.429:',
      'x-paymesh-quota-1-limit': 'pay/forged|all',
    };
    await ask('/free', forged);
    await ask('/closed', forged);
    await assigned('pay/closed/all');
    expect(await quotas()).not.toContain('forged');
    await eventually(async () => expect((await ask('/closed')).status).toBe(200));
    expect(seen.flatMap(Object.keys).filter((name) => /^x-paymesh-quota-1$/.test(name))).toEqual([]);
  });

  test('an edit of a limit changes no listener', async () => {
    const listenerUpdates = async (): Promise<string> => {
      const stats = await (
        await fetch(`http://127.0.0.1:${ports.edgeAdmin}/stats?filter=listener_manager.listener_modified`)
      ).text();
      return stats.trim();
    };
    await ask('/edited');
    await assigned('pay/edited/all');
    await eventually(async () => expect((await ask('/edited')).status).toBe(429));
    const before = await listenerUpdates();
    writeFileSync(
      join(folder, 'mesh.yaml'),
      policies(
        ports,
        LIMITS.map((one) => (one.name === 'edited' ? { ...one, rate: '1000/s' } : one)),
      ),
    );
    await eventually(async () => expect((await ask('/edited')).status).toBe(200), { timeoutMs: 10_000 });
    expect(await listenerUpdates()).toBe(before);
  });

  test('without the limiter a new bucket is passed or refused, as its policy says', async () => {
    await limiter.stop();
    stops.splice(0, 1);
    expect((await ask('/shop', { 'x-shop': 'new' })).status).toBe(200);
    expect((await ask('/shop', { 'x-shop': 'new' })).status).toBe(200);
    expect((await ask('/closed', { 'x-shop': 'new' })).status).toBe(429);
    // What was assigned holds until it expires.
    expect((await ask('/closed')).status).toBe(200);
  });
});
