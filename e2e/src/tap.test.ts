import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type ScenarioMesh, startScenarioMesh } from './harness/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const START_TIMEOUT_MS = 90_000;
const CARD = '4111111111111111';

describe('paymesh tap on the sample mesh', () => {
  let mesh: ScenarioMesh;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    mesh = await startScenarioMesh({ root, env: process.env });
  }, START_TIMEOUT_MS);

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  afterAll(() => mesh?.stop());

  /** The command, watching; gives what it printed so far. */
  async function tap(...flags: readonly string[]) {
    const defaults = mesh.documents.find((document) => document.kind === 'MeshDefaults');
    if (defaults?.kind !== 'MeshDefaults') throw new Error('no MeshDefaults');
    const { extAuthz, rateLimiter } = defaults.spec;
    const where = ['--ext-authz', extAuthz.admin, '--rate-limiter', rateLimiter.admin];
    const child = spawn(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), 'tap', ...where, ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    let text = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
    await eventually(
      async () => {
        for (const admin of [extAuthz.admin, rateLimiter.admin]) {
          const metrics = await (await fetch(`http://${admin}/metrics`)).text();
          expect(metrics).toMatch(/paymesh_tap_readers\{.*\} [1-9]/);
        }
      },
      { timeoutMs: 15_000 },
    );
    const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, exit, text: () => text };
  }

  test('shows what is paid and what is limited, of one service, and ends on Ctrl-C', async () => {
    const { child, exit, text } = await tap('--service', 'pay/payments');
    const paid = await mesh.merchant('merchant-a-2026').pay();
    expect(paid.status).toBe(201);
    await eventually(() => {
      expect(text()).toMatch(/allow {8}POST \/v1\/payments {2}pay\/payments {2}policy=\S+ {2}ok/);
      expect(text()).toMatch(/within .*pay\//);
    });
    expect(text()).not.toContain('\u001b');
    child.kill('SIGINT');
    expect(await exit).toBe(0);
  }, 30_000);

  test('shows denials only, as JSON, without card numbers', async () => {
    const { exit, text } = await tap('--denied', '--json', '--count', '1');
    const merchant = mesh.merchant('merchant-a-2026');
    expect((await merchant.pay()).status).toBe(201);
    const signed = merchant.sign({ method: 'GET', path: `/v1/payments/${CARD}`, body: '' });
    await merchant.send({ ...signed, headers: { ...signed.headers, 'x-nonce': randomUUID() } });
    expect(await exit).toBe(0);
    expect(JSON.parse(text())).toMatchObject({ decision: 'deny', target: 'pay/payments', method: 'GET' });
    expect(text()).not.toContain(CARD);
  }, 30_000);
});
