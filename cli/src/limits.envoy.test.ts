// Control plane, ext-authz, rate limiter and Envoy together: what limits count, and what comes back.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findEnvoy } from '@paymesh/common/envoy-binary';
import { createLogger } from '@paymesh/common/log';
import { loadPolicies } from '@paymesh/common/policy';
import { readFolder } from '@paymesh/common/source';
import { eventually, freePort } from '@paymesh/common/testing';
import { bootstrapFor, startControlPlane } from '@paymesh/control-plane';
import { startExtAuthz } from '@paymesh/ext-authz';
import { startRateLimiter } from '@paymesh/rate-limiter';

const binary = findEnvoy(process.env) ?? '';
const log = createLogger({ service: 'test', level: 'silent' });
const loopback = (port: number) => ({ host: '127.0.0.1', port });

const document = (kind: string, name: string, spec: string): string =>
  `---\napiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: pay}\nspec: {${spec}}\n`;

const LIMITS = {
  amount:
    'rate: 1000/year, cost: {from: body(/amount), max: 900}, refund: {statuses: [500]}, algorithm: Sliding',
  held: 'concurrency: {max: 2, hold: 60s}',
};

type Ports = Readonly<Record<'edge' | 'edgeAdmin' | 'program' | 'ads' | 'authz' | 'limiter', number>>;

function policies({ edge, edgeAdmin, program, ads, authz, limiter }: Ports): string {
  const reached = (port: number, admin: number): string =>
    `{endpoints: ["127.0.0.1:${port}"], admin: "127.0.0.1:${admin}", timeout: 2s}`;
  const services = `extAuthz: ${reached(authz, 8)}, rateLimiter: ${reached(limiter, 9)}`;
  const workload = `service: payments, port: 4, proxy: {inbound: ${program}, outbound: 5, admin: 6}`;
  return [
    document(
      'MeshDefaults',
      'default',
      `controlPlane: {listen: "127.0.0.1:${ads}", admin: "127.0.0.1:2"}, ${services}`,
    ),
    document('Service', 'payments', ''),
    document('Workload', 'edge', `gateway: edge, port: ${edge}, proxy: {admin: ${edgeAdmin}}`),
    document('Workload', 'payments-1', workload),
    ...Object.entries(LIMITS).flatMap(([name, limit]) => [
      document('Route', name, `service: payments, parent: edge, match: [{path: {prefix: /${name}}}]`),
      document(
        'RateLimitPolicy',
        name,
        `targetRefs: [{kind: Route, name: ${name}}], limits: [{name: all, ${limit}}], onStoreDown: {fallback: Closed}`,
      ),
    ]),
  ].join('');
}

function send(port: number, path: string, body = '{}'): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { ...loopback(port), path, method: 'POST', agent: false, timeout: 10_000 };
    request(options, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end(body);
  });
}

(binary === '' ? describe.skip : describe)(
  'limits through Envoy, ext-authz and the limiter (needs envoy)',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'paymesh-limits-'));
    const waiting: ServerResponse[] = [];
    let status = 200;
    const program = createServer((incoming, response) => {
      incoming.resume().on('end', () => {
        if (incoming.url?.startsWith('/held/slow') === true) waiting.push(response);
        else response.writeHead(status).end();
      });
    });
    const stops: (() => Promise<void> | void)[] = [];
    let edge = 0;

    beforeAll(async () => {
      await new Promise<void>((resolve) => program.listen(0, '127.0.0.1', () => resolve()));
      edge = await freePort();
      const ports: Ports = {
        edge,
        edgeAdmin: await freePort(),
        ads: await freePort(),
        authz: await freePort(),
        limiter: await freePort(),
        program: (program.address() as AddressInfo).port,
      };
      writeFileSync(join(folder, 'mesh.yaml'), policies(ports));
      const shared = { configDir: folder, admin: loopback(0), log };
      const authz = await startExtAuthz({ ...shared, listen: loopback(ports.authz) });
      const limiter = await startRateLimiter({ ...shared, listen: loopback(ports.limiter) });
      const control = await startControlPlane({ ...shared, listen: loopback(ports.ads) });
      stops.push(...[authz, limiter, control].map((one) => () => one.stop()));
      const { documents } = loadPolicies(await readFolder(folder));
      const workload = documents.find((one) => one.kind === 'Workload' && one.metadata.name === 'edge');
      if (workload?.kind !== 'Workload') throw new Error('no gateway');
      const path = join(folder, 'envoy.json');
      writeFileSync(path, JSON.stringify(bootstrapFor({ workload, controlPlane: loopback(ports.ads) })));
      const child = spawn(binary, ['-c', path, '--concurrency', '1', '--disable-hot-restart', '-l', 'off'], {
        stdio: 'ignore',
      });
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      stops.push(async () => {
        child.kill('SIGKILL');
        await ended;
      });
      // Listening, and what it asks answers.
      await eventually(async () => expect(await send(edge, '/held')).toBe(200), { timeoutMs: 20_000 });
    }, 60_000);

    afterAll(async () => {
      for (const response of waiting) response.end();
      for (const stop of stops.toReversed()) await stop();
      program.closeAllConnections();
      program.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('an amount is counted, kept out when missing, and given back after a failure', async () => {
      const pay = (amount: unknown): Promise<number> => send(edge, '/amount', JSON.stringify({ amount }));
      expect([await pay(600), await pay(600)]).toEqual([200, 429]);
      // A way around the limit would be one of these.
      expect([await send(edge, '/amount'), await pay(901), await pay(-5), await pay('x')]).toEqual([
        400, 400, 400, 400,
      ]);
      status = 500;
      expect(await pay(400)).toBe(500);
      status = 200;
      await eventually(async () => expect(await pay(400)).toBe(200));
      expect(await pay(1)).toBe(429);
    });

    test('so many requests at once, whatever was denied beside them', async () => {
      const slow = [send(edge, '/held/slow'), send(edge, '/held/slow')];
      await eventually(() => expect(waiting).toHaveLength(2));
      const denied = await Promise.all(Array.from({ length: 20 }, () => send(edge, '/held')));
      expect(new Set(denied)).toEqual(new Set([429]));
      // The ends of the denied ones gave nothing back: there is still no room.
      expect(await send(edge, '/held')).toBe(429);
      for (const response of waiting.splice(0)) response.end();
      expect(await Promise.all(slow)).toEqual([200, 200]);
      await eventually(async () => expect(await send(edge, '/held')).toBe(200));
    });
  },
);
