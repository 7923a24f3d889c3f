import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { create } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DiscoveryRequestSchema } from '@paymesh/common/envoy-discovery';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { eventually } from '@paymesh/common/testing';

import { startControlPlane } from './main.ts';
import { openStream } from './server/testing/grpc-client.ts';
import { TYPE_URL } from './snapshot/index.ts';
import type { StatusReport } from './status/index.ts';

const SAMPLE = join(import.meta.dirname, '../../policies');
const LIMITS = 'security/limits.yaml';

let folder: string;
let running: Running | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-control-plane-'));
  cpSync(SAMPLE, folder, { recursive: true });
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const anyPort = { host: '127.0.0.1', port: 0 };
  const log = createLogger({ service: 'control-plane', level: 'silent' });
  running = await startControlPlane({ configDir: folder, listen: anyPort, admin: anyPort, log });
}

async function admin(path: string): Promise<unknown> {
  const response = await fetch(`http://${running?.addresses['admin']}${path}`);
  return (response.headers.get('content-type') ?? '').includes('json') ? response.json() : response.text();
}

const status = async () => (await admin('/status')) as StatusReport;

function edit(from: string | RegExp, to: string): void {
  const path = join(folder, LIMITS);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  if (after === before) throw new Error(`nothing to edit in ${LIMITS}`);
  writeFileSync(path, after);
}

describe('startControlPlane', () => {
  test('serves the sample mesh', async () => {
    await start();
    const { proxies, findings, isBehind } = await status();
    expect(proxies.map(({ node }) => node)).toContain('edge');
    expect([findings, isBehind]).toEqual([[], false]);
    expect(await admin('/snapshot?node=edge')).toMatchObject({
      node: 'edge',
      resources: { listener: [{ name: 'gateway' }] },
    });
    expect(await admin('/snapshot?node=nobody')).toMatchObject({ error: expect.stringContaining('nobody') });
    expect(await admin('/readyz')).toEqual({ status: 'ready' });
    expect(await admin('/metrics')).toContain('paymesh_config_apply_total{result="applied"');
  });

  test('refuses to start on a folder with errors, and tells where they are', async () => {
    edit('kind: RateLimitPolicy', 'kind: RateLimitPolice');
    await expect(start()).rejects.toThrow(/limits\.yaml:\d+:\d+ error /);
  });

  test('an empty folder is no complete state: not ready, no answer to proxies, until it is filled', async () => {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    await start();
    const stream = openStream(running?.addresses['listen'] ?? '');
    stream.send(create(DiscoveryRequestSchema, { typeUrl: TYPE_URL.cluster, node: { id: 'edge' } }));
    expect(await stream.ended).toMatchObject({
      code: 14,
      details: expect.stringContaining('no complete state'),
    });
    expect(await admin('/readyz')).toEqual({ status: 'not ready' });
    expect(await status()).toMatchObject({ isBehind: true, failure: expect.stringContaining('no policies') });
    cpSync(SAMPLE, folder, { recursive: true });
    await eventually(async () => expect(await admin('/readyz')).toEqual({ status: 'ready' }));
    stream.close();
  });

  test('refuses to start on a folder that is not there', async () => {
    rmSync(folder, { recursive: true });
    await expect(start()).rejects.toThrow('ENOENT');
  });

  test('keeps the last good state through a broken edit, shows it, and goes on after the repair', async () => {
    await start();
    const before = await status();
    edit('kind: RateLimitPolicy', 'kind: RateLimitPolice');
    const behind = await eventually(async () => {
      const seen = await status();
      expect(seen.isBehind).toBe(true);
      return seen;
    });
    expect(behind.revision).toBe(before.revision);
    expect(behind.findings[0]?.at.file).toContain(LIMITS);
    edit('kind: RateLimitPolice', 'kind: RateLimitPolicy');
    await eventually(async () => expect((await status()).isBehind).toBe(false));
    expect((await status()).revision).toBe(before.revision);
  });

  test('says that the folder is gone until it is back', async () => {
    await start();
    const { revision } = await status();
    renameSync(folder, `${folder}-away`);
    await eventually(async () =>
      expect(await status()).toMatchObject({ isBehind: true, failure: expect.stringContaining('ENOENT') }),
    );
    renameSync(`${folder}-away`, folder);
    await eventually(async () => expect(await status()).toMatchObject({ isBehind: false, revision }), {
      timeoutMs: 10_000,
    });
  }, 20_000);
});
