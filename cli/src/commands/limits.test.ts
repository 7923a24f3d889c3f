import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { Secret } from '@paymesh/common/secret';
import { startRateLimiter } from '@paymesh/rate-limiter';

const root = join(import.meta.dirname, '../../..');
const TOKEN = 'a-token-of-a-test';

function folder(files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(tmpdir(), 'paymesh-limits-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

function rules(perHour: number): string {
  return `domain: shop
descriptors:
  - key: tenant
    rate_limit: {unit: hour, requests_per_unit: ${perHour}, name: per-tenant}
  - key: tenant
    value: vip*
    rate_limit: {unlimited: true}
`;
}

const config = folder({ 'shop.yaml': rules(3) });

/** Runs the built command beside the limiter of this process. */
async function limits(
  ...args: readonly string[]
): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), 'limits', ...args], {
    cwd: root,
  });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { status, ...texts };
}

describe('limits check', () => {
  test('takes good rules and tells of all mistakes of bad ones', async () => {
    expect(await limits('check', config)).toMatchObject({
      status: 0,
      out: expect.stringContaining('1 domain in 1 file'),
    });
    const bad = folder({ 'a.yaml': 'domain: shop\ndescriptors: [{key: a, rate_limits: 1}, {value: b}]\n' });
    const { status, out } = await limits('check', bad, '--json');
    expect(status).toBe(2);
    expect((JSON.parse(out) as { findings: unknown[] }).findings.length).toBeGreaterThan(1);
  });
});

describe('limits explain', () => {
  test('tells which rule holds and which were passed over', async () => {
    expect(await limits('explain', 'shop', 'tenant=vip-1', '--config', config)).toEqual({
      status: 0,
      err: '',
      out: `1. tenant=vip-1
   takes tenant=vip*: first pattern that fits
   not   tenant: a pattern goes first

Limit tenant=vip*: unlimited
`,
    });
    const none = await limits('explain', 'shop', 'user=a', '--config', config);
    expect(none).toMatchObject({ status: 1, out: expect.stringContaining('No limit: no node fits.') });
  });

  test.each([
    [['shop', 'tenant'], 3, 'expected an entry such as tenant=acme'],
    [['shops', 'tenant=a'], 1, 'no domain "shops"'],
  ])('%j ends with %d', async (args, status, message) => {
    const run = await limits('explain', ...args, '--config', config);
    expect(run).toMatchObject({ status, err: expect.stringContaining(message) });
  });
});

describe('limits replay', () => {
  test('tells what would change against other rules', async () => {
    const lines = [0, 1, 2, 3].map((second) =>
      JSON.stringify({ time: second, domain: 'shop', descriptors: [{ entries: { tenant: 'acme' } }] }),
    );
    const log = join(folder({ 'log.jsonl': [...lines, '{', ''].join('\n') }), 'log.jsonl');
    const newer = folder({ 'shop.yaml': rules(1) });
    const { status, out, err } = await limits('replay', log, '--config', newer, '--before', config);
    expect({ status, err }).toEqual({ status: 0, err: `${log}:5: no JSON object\n` });
    expect(out).toContain('4 requests, 1970-01-01T00:00:00.000Z to 1970-01-01T00:00:03.000Z: 3 limited');
    expect(out).toContain('1 limited by the rules before; 2 would be limited and were not, 0 would pass');
    expect(out).toMatch(/shop +tenant +4 +3 +1/);
    expect(out).toMatch(/2 +tenant +tenant=acme/);
  });
});

describe('a running rate limiter', () => {
  let running: Awaited<ReturnType<typeof startRateLimiter>>;
  let flags: readonly string[];

  beforeAll(async () => {
    running = await startRateLimiter({
      configDir: config,
      listen: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      httpListen: { host: '127.0.0.1', port: 0 },
      adminToken: new Secret(Buffer.from(TOKEN)),
      log: createLogger({ service: 'test', level: 'silent' }),
    });
    const tokenFile = join(folder({ token: `${TOKEN}\n` }), 'token');
    flags = ['--admin', running.addresses['admin'] ?? '', '--token-file', tokenFile];
  });

  afterAll(() => running.stop());

  async function use(times: number): Promise<number> {
    const body = JSON.stringify({
      domain: 'shop',
      descriptors: [{ entries: [{ key: 'tenant', value: 'acme' }] }],
    });
    let passed = 0;
    for (let i = 0; i < times; i += 1) {
      const { status } = await fetch(`http://${running.addresses['http']}/json`, { method: 'POST', body });
      if (status === 200) passed += 1;
    }
    return passed;
  }

  test('is shown, granted, reset and overridden', async () => {
    const target = ['shop', 'tenant=acme'];
    expect(await use(5)).toBe(3);
    expect((await limits('show', ...target, ...flags)).out).toMatch(
      /tenant +3\/hour +over +\d+ s +tenant=acme/,
    );
    expect((await limits('grant', ...target, '--hits', '2', ...flags)).out).toContain('2 left');
    expect(await use(5)).toBe(2);
    expect((await limits('reset', ...target, ...flags)).out).toContain('3 left');
    expect(await use(5)).toBe(3);
    const rule = ['shop', 'tenant', 'tenant=acme'];
    expect((await limits('override', 'set', ...rule, '--requests', '7', ...flags)).status).toBe(0);
    expect((await limits('override', 'list', ...flags)).out).toMatch(/shop +tenant +tenant=acme +7/);
    expect(await use(5)).toBe(2);
    expect((await limits('override', 'remove', ...rule, ...flags)).status).toBe(0);
    expect(await use(1)).toBe(0);
    const top = await fetch(`http://${running.addresses['admin']}/top?domain=shop`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expect(await top.json()).toMatchObject({
      keys: [{ label: 'tenant', entries: ['tenant=acme'], count: 11 }],
    });
  });

  test('refuses what could never hold, and who bears no token', async () => {
    const wrong = await limits('override', 'set', 'shop', 'nobody', 'a=b', '--requests', '1', ...flags);
    expect(wrong).toMatchObject({ status: 1, err: expect.stringContaining('has no rule "nobody"') });
    const stranger = await limits('show', 'shop', 'tenant=a', '--admin', running.addresses['admin'] ?? '');
    expect(stranger).toMatchObject({ status: 1, err: expect.stringContaining('authorization: Bearer') });
  });

  test('that is not there is exit code 4', async () => {
    expect((await limits('show', 'shop', 'tenant=a', '--admin', '127.0.0.1:1')).status).toBe(4);
  });
});
