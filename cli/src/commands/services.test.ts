import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { afterEach, expect, test } from '@jest/globals';

const paymesh = join(import.meta.dirname, '../../bin/paymesh.mjs');
const folder = mkdtempSync(join(tmpdir(), 'paymesh-services-'));
const started: ChildProcess[] = [];
/** Usual are 76 to 84, of which a bare Node takes 40; each service that came with it would add ten or more. */
const MAX_RESIDENT_MIB = 95;

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

interface Ready {
  readonly listen: string;
  readonly admin: string;
}

/** Starts a service on any free port and gives its process and its `ready` line. */
async function start(
  ...args: readonly string[]
): Promise<{ readonly child: ChildProcess; readonly ready: Ready }> {
  const child = spawn(process.execPath, [paymesh, ...args, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Ready & { readonly msg: string };
    if (event.msg === 'ready') return { child, ready: event };
  }
  throw new Error(`${args.join(' ')} ended before it was ready`);
}

test('replicas on one machine start without being told of admin ports', async () => {
  writeFileSync(join(folder, 'rules.yaml'), 'domain: shop\ndescriptors: [{key: merchant}]\n');
  const [one, two] = [
    await start('rate-limiter', '--config', folder),
    await start('rate-limiter', '--config', folder),
  ];
  expect(one.ready.admin).not.toBe(two.ready.admin);
  for (const { child, ready } of [one, two]) {
    expect((await fetch(`http://${ready.admin}/readyz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  }
});

test('a rate limiter starts with its last good rules where the folder is gone', async () => {
  mkdirSync(join(folder, 'rules'), { recursive: true });
  writeFileSync(join(folder, 'rules/rules.yaml'), 'domain: shop\ndescriptors: [{key: merchant}]\n');
  const lastGood = ['--last-good', join(folder, 'last-good.json')];
  const args = ['rate-limiter', '--config', join(folder, 'rules'), ...lastGood];
  const { child } = await start(...args);
  child.kill('SIGTERM');
  await once(child, 'exit');
  rmSync(join(folder, 'rules'), { recursive: true });
  const { ready } = await start(...args);
  expect((await fetch(`http://${ready.admin}/readyz`)).status).toBe(200);
});

test('names of counters in Redis without a Redis are wrong usage', () => {
  const args = ['rate-limiter', '--config', tmpdir(), '--redis-key-form', 'ratelimit'];
  const { status, stderr } = spawnSync(process.execPath, [paymesh, ...args], { encoding: 'utf8' });
  expect(status).toBe(3);
  expect(stderr).toContain('give --redis too');
});

test('a rate limiter at rest holds little: it has loaded what it serves, and nothing else', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rules.yaml'), 'domain: shop\ndescriptors: [{key: merchant}]\n');
  const { child } = await start('rate-limiter', '--config', folder);
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
  expect(Number(kib) / 1_024).toBeLessThan(MAX_RESIDENT_MIB);
});

test('a rate limiter must know where its limits come from', () => {
  const done = spawnSync(process.execPath, [paymesh, 'rate-limiter'], { encoding: 'utf8' });
  expect([done.status, done.stderr]).toEqual([
    3,
    expect.stringContaining('--config DIR, a control plane with'),
  ]);
});

test('ext-authz keeps nonces in a file, which no second process gets', async () => {
  mkdirSync(folder, { recursive: true });
  const nonces = join(folder, 'nonces');
  const flags = ['--config', folder, '--nonce-file', nonces, '--max-nonces', '1000'];
  await start('ext-authz', ...flags);
  expect(statSync(nonces).mode & 0o777).toBe(0o600);
  const second = spawnSync(
    process.execPath,
    [paymesh, 'ext-authz', ...flags, '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
    { encoding: 'utf8' },
  );
  expect(second.status).toBe(1);
  expect(second.stdout + second.stderr).toContain('each replica needs a file of its own');
});

test.each([
  ['ext-authz', '--redis', 'redis://:hunter2@h/hunter2', 'a database from 0'],
  ['ext-authz', '--redis', 'redis+cluster://:hunter2@h/1', 'a cluster has no databases'],
  ['rate-limiter', '--redis', 'redis+cluster://:hunter2@h/1', 'a cluster has no databases'],
  ['rate-limiter', '--redis-key-form', 'other', 'paymesh, ratelimit'],
  ['rate-limiter', '--node', 'a b', '1 to 100 letters'],
  ['rate-limiter', '--max-counters', '0', 'a whole number from 1 to 100000000'],
  ['rate-limiter', '--control-plane', 'there', 'HOST:PORT'],
  ['ext-authz', '--max-nonces', '0', 'a whole number from 1'],
  ['ext-authz', '--max-nonces', '1e3', 'a whole number from 1'],
])('%s %s with a wrong value is wrong usage; no password is printed', (service, flag, value, sentence) => {
  const args = [paymesh, service, '--config', '.', flag, value];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(done.status).toBe(3);
  expect(done.stderr).toContain(sentence);
  expect(done.stdout + done.stderr).not.toContain('hunter2');
});
