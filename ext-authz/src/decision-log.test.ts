import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type CheckClient, checkClient } from './testing/check-client.ts';
import { SECRET, signedCheck, toCheckRequest } from './testing/fixtures.ts';
import { mesh } from './testing/mesh.ts';
import { outcome } from './testing/start.ts';

const PAYMESH = join(import.meta.dirname, '../../cli/bin/paymesh.mjs');
/** Enough to fill a pipe of 64 KiB several times. */
const FLOOD = 2_000;

let folder: string;
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-decisions-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'policies'));
  await writeFile(join(folder, 'policies/k.key'), SECRET.toString('base64'));
  await writeFile(join(folder, 'policies/mesh.yaml'), mesh({ keys: [{ id: 'k', file: 'k.key' }] }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Process {
  readonly child: ChildProcess;
  readonly client: CheckClient;
  readonly metrics: () => Promise<string>;
}

/** Starts the built command, as a user does. */
async function start(...args: readonly string[]): Promise<Process> {
  const config = join(folder, 'policies');
  const ports = ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'];
  const child = spawn(process.execPath, [PAYMESH, 'ext-authz', '--config', config, ...ports, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  cleanups.push(() => child.kill('SIGKILL'));
  const { listen, admin } = await ready(child);
  const client = checkClient(listen);
  cleanups.push(() => client.close());
  const metrics = async () => (await fetch(`http://${admin}/metrics`)).text();
  return { child, client, metrics };
}

/** Reads up to the `ready` line, and no further. */
async function ready({ stdout }: ChildProcess): Promise<{ readonly listen: string; readonly admin: string }> {
  if (stdout === null) throw new Error('started with a pipe');
  const lines = createInterface({ input: stdout });
  // Not one event after the other: two lines that come at once would be one heard and one lost.
  for await (const line of lines) {
    const event = JSON.parse(line) as { msg: string; listen: string; admin: string };
    if (event.msg !== 'ready') continue;
    lines.close();
    stdout.pause();
    return event;
  }
  throw new Error('it ended before it was ready');
}

function signed(nonce?: string) {
  const timestamp = Math.floor(Date.now() / 1_000);
  return toCheckRequest(signedCheck({ keyId: 'k', timestamp, ...(nonce === undefined ? {} : { nonce }) }));
}

/** Forgeries, all denied and all to be written. */
async function flood({ client }: Process): Promise<void> {
  const forged = toCheckRequest(
    signedCheck({ keyId: 'k', secret: Buffer.alloc(32), timestamp: Math.floor(Date.now() / 1_000) }),
  );
  for (let done = 0; done < FLOOD; done += 100) {
    await Promise.all(Array.from({ length: 100 }, () => client.check(forged)));
  }
}

/** Milliseconds that it took to end after SIGTERM, and how. */
async function end({ child }: Process): Promise<{ readonly code: unknown; readonly ms: number }> {
  const startedMs = performance.now();
  child.kill('SIGTERM');
  const [code] = (await once(child, 'exit')) as [unknown];
  return { code, ms: performance.now() - startedMs };
}

test('a FIFO whose reader stands still delays no answer and no end', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reader = await open(fifo, 'r+');
  cleanups.push(() => reader.close());
  const authz = await start('--audit-file', fifo);
  await flood(authz);
  expect(outcome(await authz.client.check(signed()))).toMatchObject({ http: 200 });
  const { code, ms } = await end(authz);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(5_000);
});

test('a full disk delays no answer and no end', async () => {
  const authz = await start('--audit-file', '/dev/full');
  await flood(authz);
  expect(outcome(await authz.client.check(signed()))).toMatchObject({ http: 200 });
  expect(await end(authz)).toMatchObject({ code: 0 });
});

test('a stopped reader of standard output delays no answer and no end', async () => {
  const authz = await start();
  await flood(authz);
  expect(outcome(await authz.client.check(signed()))).toMatchObject({ http: 200 });
  const { code, ms } = await end(authz);
  expect(code).toBe(0);
  expect(ms).toBeLessThan(5_000);
});

test('what a bound of lines leaves out is counted', async () => {
  const authz = await start('--audit-file', join(folder, 'log'));
  await flood(authz);
  await flood(authz);
  const counted = /paymesh_authz_audit_dropped_total\{cause="rate",component="ext-authz"\} (\d+)/;
  const dropped = Number(counted.exec(await authz.metrics())?.[1] ?? 0);
  await end(authz);
  const lines = (await readFile(join(folder, 'log'), 'utf8')).trimEnd().split('\n');
  const decisions = lines.filter((line) => line.includes('"msg":"decision"'));
  expect(decisions.length + dropped).toBe(2 * FLOOD);
});

test('a chained log of a real process verifies, also after it was killed', async () => {
  const log = join(folder, 'log');
  const key = join(folder, 'audit.key');
  await writeFile(key, Buffer.alloc(32, 'key of the chain').toString('base64'));
  const chained = ['--audit-file', log, '--audit-chain-key', key, '--audit-allow-sample', '1'];
  const first = await start(...chained);
  await first.client.check(signed());
  await eventually(async () => expect(await readFile(log, 'utf8')).toContain('"allow"'));
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = await start(...chained);
  await second.client.check(signed());
  await end(second);
  const out = execFileSync(process.execPath, [PAYMESH, 'audit', 'verify', log, '--key', key], {
    encoding: 'utf8',
  });
  expect(out).toMatch(/^OK 4 records \(2 decisions, 2 starts\), .*\nhead [0-9a-f]{64}\n$/);
});
