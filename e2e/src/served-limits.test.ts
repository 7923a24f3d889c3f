// The built commands `paymesh control-plane`, `rate-limiter` and `proxy status`: limits that come over ADS.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { create } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import {
  RateLimitRequestSchema,
  type RateLimitResponse,
  RateLimitService,
} from '@paymesh/common/envoy-ratelimit';
import { serviceDefinition } from '@paymesh/common/grpc';
import { eventually, freePort } from '@paymesh/common/testing';

const COMMAND = join(import.meta.dirname, '../../cli/bin/paymesh.mjs');
const ANY_PORT = '127.0.0.1:0';
/** Processes start, and tell each other, while the machine does other things too. */
const PATIENT = { timeoutMs: 60_000, everyMs: 100 };

let root = '';
const children = new Set<ChildProcess>();
const clients: Client[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'paymesh-served-'));
  for (const name of ['mesh', 'own']) mkdirSync(join(root, name));
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all([...children].map(kill));
  rmSync(root, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Starts a service and gives its process and its addresses. */
async function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [COMMAND, ...args, '--admin', ANY_PORT], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Readonly<Record<'msg' | 'listen' | 'admin', string>>;
    if (event.msg !== 'ready') continue;
    child.stdout.resume();
    return { child, listen: event.listen, admin: event.admin };
  }
  throw new Error(`${args.join(' ')} ended before it was ready`);
}

function saveLimit(rate: string): void {
  const document = (kind: string, name: string, spec: string): string =>
    `apiVersion: paymesh.dev/v1\nkind: ${kind}\nmetadata: { name: ${name}, namespace: pay }\nspec: { ${spec} }\n`;
  const limit = `targetRefs: [{ kind: Service, name: payments }], limits: [{ name: all, per: [], rate: ${rate} }]`;
  const documents = [
    document('Service', 'payments', 'protocol: http'),
    document('RateLimitPolicy', 'all', `${limit}, onStoreDown: { fallback: Closed }`),
  ];
  writeFileSync(join(root, 'mesh/mesh.yaml'), documents.join('---\n'));
}

const saveOwn = (domain: string): void =>
  writeFileSync(join(root, 'own/own.yaml'), `domain: ${domain}\ndescriptors: [{key: user}]\n`);

/** The limit by which a limiter answers ShouldRateLimit. */
function limitOf(listen: string): () => Promise<number | undefined> {
  const client = new Client(listen, credentials.createInsecure());
  clients.push(client);
  const method = serviceDefinition(RateLimitService)['shouldRateLimit'];
  if (method === undefined) throw new Error('the service has no method shouldRateLimit');
  const entries = [
    { key: 'policy', value: 'pay/all' },
    { key: 'limit', value: 'all' },
  ];
  const request = create(RateLimitRequestSchema, {
    domain: 'paymesh',
    descriptors: [{ entries, hitsAddend: 0n }],
  });
  return () =>
    new Promise((resolve, reject) => {
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize as (bytes: Buffer) => RateLimitResponse,
        request,
        (error, answer) => {
          if (answer === undefined) reject(error ?? new Error('no answer'));
          else resolve(answer.statuses[0]?.currentLimit?.requestsPerUnit);
        },
      );
    });
}

interface Status {
  readonly isBehind: boolean;
  readonly proxies: readonly {
    readonly node: string;
    readonly isConnected: boolean;
    readonly isUpToDate: boolean;
    readonly types?: { readonly policySet: { readonly acked?: string; readonly nacks: readonly unknown[] } };
  }[];
}

/** What `paymesh proxy status` prints of a node, and how it exits. */
function statusOf(admin: string, node: string) {
  const done = spawnSync(process.execPath, [COMMAND, 'proxy', 'status', '--admin', admin, '-o', 'json'], {
    encoding: 'utf8',
  });
  const { isBehind, proxies } = JSON.parse(done.stdout) as Status;
  return { isBehind, exit: done.status, limiter: proxies.find((proxy) => proxy.node === node) };
}

const metricsOf = async (admin: string) => (await fetch(`http://${admin}/metrics`)).text();
const isReady = async (admin: string) => (await fetch(`http://${admin}/readyz`)).status === 200;

test('limits follow the folder of the control plane, and outlive both processes', async () => {
  saveLimit('5/m');
  const listen = `127.0.0.1:${await freePort()}`;
  const planeArgs = ['control-plane', '--config', join(root, 'mesh'), '--listen', listen];
  const limiterArgs = ['rate-limiter', '--control-plane', listen, '--node', 'one', '--listen', ANY_PORT];
  const kept = ['--last-good', join(root, 'last-good.json')];

  const limiter = await start(...limiterArgs, ...kept);
  expect(await isReady(limiter.admin)).toBe(false);
  const plane = await start(...planeArgs);
  const limit = limitOf(limiter.listen);
  await eventually(async () => expect(await limit()).toBe(5), PATIENT);
  expect(await isReady(limiter.admin)).toBe(true);

  saveLimit('6/m');
  await eventually(async () => expect(await limit()).toBe(6), PATIENT);
  const { limiter: synced } = await eventually(() => {
    const status = statusOf(plane.admin, 'rate-limiter/one');
    expect(status).toMatchObject({ exit: 0, limiter: { isConnected: true, isUpToDate: true } });
    return status;
  }, PATIENT);
  expect(synced?.types?.policySet.acked).toMatch(/^[0-9a-f]{16}$/);

  saveLimit('many');
  await eventually(
    () => expect(statusOf(plane.admin, 'rate-limiter/one')).toMatchObject({ isBehind: true }),
    PATIENT,
  );
  expect(await limit()).toBe(6);

  await Promise.all([kill(plane.child), kill(limiter.child)]);
  const again = await start(...limiterArgs, ...kept);
  expect([await isReady(again.admin), await limitOf(again.listen)()]).toEqual([true, 6]);

  saveLimit('6/m');
  const other = await start(...planeArgs);
  await eventually(
    () => expect(statusOf(other.admin, 'rate-limiter/one')).toMatchObject({ limiter: { isUpToDate: true } }),
    PATIENT,
  );
  expect(await metricsOf(other.admin)).not.toMatch(/^paymesh_xds_push_total/m);
}, 240_000);

test('what a limiter refuses is shown until it is mended', async () => {
  saveLimit('5/m');
  saveOwn('paymesh');
  const plane = await start('control-plane', '--config', join(root, 'mesh'), '--listen', ANY_PORT);
  const limiter = await start(
    ...['rate-limiter', '--control-plane', plane.listen, '--config', join(root, 'own')],
    ...['--node', 'two', '--listen', ANY_PORT],
  );
  await eventually(() => {
    const { exit, limiter: refusing } = statusOf(plane.admin, 'rate-limiter/two');
    expect(exit).not.toBe(0);
    expect(refusing).toMatchObject({
      isUpToDate: false,
      types: { policySet: { nacks: [{ message: expect.stringMatching(/own\.yaml:1:9: error RL2002/) }] } },
    });
  }, PATIENT);
  expect(await isReady(limiter.admin)).toBe(false);
  expect(await metricsOf(plane.admin)).toMatch(/^paymesh_xds_nack_total\{type="policySet",.*\} 1$/m);

  saveOwn('shop');
  await eventually(() => {
    const status = statusOf(plane.admin, 'rate-limiter/two');
    expect(status).toMatchObject({
      exit: 0,
      limiter: { isUpToDate: true, types: { policySet: { nacks: [] } } },
    });
  }, PATIENT);
  expect([await isReady(limiter.admin), await limitOf(limiter.listen)()]).toEqual([true, 5]);
}, 240_000);
