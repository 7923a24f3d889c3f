import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock, eventually } from '@paymesh/common/testing';

import { startRateLimiter } from './main.ts';
import { type Ask, createRlsClient } from './testing/index.ts';

let root = '';
let dir = '';
let lastGoodFile = '';
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'paymesh-sources-'));
  dir = join(root, 'rules');
  lastGoodFile = join(root, 'last-good.json');
  await mkdir(dir);
});

const closeAll = async (): Promise<void> => {
  for (const close of closers.splice(0).reverse()) await close();
};

afterEach(async () => {
  await closeAll();
  await rm(root, { recursive: true, force: true });
});

const ASK: Ask = {
  domain: 'shop',
  descriptors: [{ entries: [{ key: 'user', value: 'a' }], hitsAddend: 0n }],
};

async function start(file: string | undefined = lastGoodFile) {
  const lines: string[] = [];
  const running = await startRateLimiter({
    configDir: dir,
    listen: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: createLogger({ service: 'rate-limiter', destination: { write: (line) => void lines.push(line) } }),
    clock: createFakeClock(30_000),
    ...(file !== undefined && { lastGoodFile: file }),
  });
  const client = createRlsClient(running.addresses['listen'] ?? '');
  closers.push(
    () => running.stop(),
    () => client.close(),
  );
  const get = (path: string) => fetch(`http://${running.addresses['admin']}${path}`);
  const status = async (path: string) => (await get(path)).status;
  return {
    limit: async () => (await client.ask(ASK)).statuses[0]?.currentLimit?.requestsPerUnit,
    isReady: async () => (await status('/readyz')) === 200,
    output: () => lines.join(''),
    failure: async () => ((await (await get('/rules')).json()) as { failure?: string }).failure,
    metrics: async () => (await get('/metrics')).text(),
  };
}

const yaml = (limit: number): string =>
  `domain: shop\ndescriptors: [{key: user, rate_limit: {unit: minute, requests_per_unit: ${limit}}}]\n`;

const BROKEN = 'domain: ""';

const save = (text: string): Promise<void> => writeFile(join(dir, 'shop.yaml'), text);

describe('a mounted ConfigMap', () => {
  /** Does what a kubelet does: the files into a folder of their own, then one swap of a link. */
  async function mountVersion(version: number, text: string): Promise<void> {
    await mkdir(join(dir, `..v${version}`));
    await writeFile(join(dir, `..v${version}`, 'shop.yaml'), text);
    await symlink(`..v${version}`, join(dir, '..data_tmp'));
    await rename(join(dir, '..data_tmp'), join(dir, '..data'));
    if (version > 1) await rm(join(dir, `..v${version - 1}`), { recursive: true });
  }

  test('each swap of the link is taken over, a broken one is not', async () => {
    await mountVersion(1, yaml(1));
    await symlink('..data/shop.yaml', join(dir, 'shop.yaml'));
    const limiter = await start();
    expect(await limiter.limit()).toBe(1);
    await mountVersion(2, yaml(2));
    await eventually(async () => expect(await limiter.limit()).toBe(2));
    await mountVersion(3, BROKEN);
    await eventually(() => expect(limiter.output()).toContain('rules refused'));
    expect(await limiter.limit()).toBe(2);
    await mountVersion(4, yaml(4));
    await eventually(async () => expect(await limiter.limit()).toBe(4));
  });
});

describe('a folder that cannot be read', () => {
  test('keeps what holds, and is seen in /rules and metrics until it can be read', async () => {
    await save(yaml(1));
    const limiter = await start();
    expect(await limiter.failure()).toBeUndefined();
    await writeFile(join(dir, 'large.yaml'), '#'.repeat(1_048_577));
    await eventually(async () => expect(await limiter.failure()).toContain('at most 1048576 are read'));
    expect([await limiter.limit(), await limiter.isReady()]).toEqual([1, true]);
    expect(await limiter.metrics()).toMatch(
      /paymesh_ratelimit_config_loads_total\{result="refused"[^}]*\} 1/,
    );
    await writeFile(join(dir, 'large.yaml'), Buffer.from([0x23, 0xff, 0xfe, 0x0a]));
    await eventually(async () => expect(await limiter.failure()).toContain('is not UTF-8'));
    await rm(join(dir, 'large.yaml'));
    await save(yaml(2));
    await eventually(async () => expect(await limiter.limit()).toBe(2));
    expect(await limiter.failure()).toBeUndefined();
  });
});

describe('the last good rules on disk', () => {
  async function leaveBehind(): Promise<void> {
    await save(yaml(1));
    await start();
    await save(yaml(7));
    await eventually(async () =>
      expect(await readFile(lastGoodFile, 'utf8')).toContain('requests_per_unit: 7'),
    );
    await closeAll();
  }

  test.each([
    ['has errors', () => save(BROKEN)],
    ['is empty', () => rm(join(dir, 'shop.yaml'))],
    ['is gone', () => rm(dir, { recursive: true })],
  ])('are what is started with where the folder %s, which is said aloud', async (_name, breakIt) => {
    await leaveBehind();
    await breakIt();
    const limiter = await start();
    expect([await limiter.limit(), await limiter.isReady()]).toEqual([7, true]);
    expect(limiter.output()).toContain('STARTED WITH THE LAST GOOD RULES');
  });

  test('give way to the folder as soon as that is good', async () => {
    await leaveBehind();
    await save(BROKEN);
    const limiter = await start();
    await save(yaml(9));
    await eventually(async () => expect(await limiter.limit()).toBe(9));
    expect(await readFile(lastGoodFile, 'utf8')).toContain('requests_per_unit: 9');
  });

  test('a broken set is never kept', async () => {
    await leaveBehind();
    await save(BROKEN);
    await start();
    expect(await readFile(lastGoodFile, 'utf8')).toContain('requests_per_unit: 7');
  });

  test.each([
    ['cut short', (text: string) => text.slice(0, -20)],
    ['changed', (text: string) => text.replace('requests_per_unit: 7', 'requests_per_unit: 8')],
    ['no object', () => 'null'],
  ])('are not believed where the file is %s', async (_name, change) => {
    await leaveBehind();
    await save(BROKEN);
    await writeFile(lastGoodFile, change(await readFile(lastGoodFile, 'utf8')));
    await expect(start()).rejects.toMatchObject({ code: 'config_invalid' });
  });

  test('that cannot be written are told of, and the rules hold all the same', async () => {
    await save(yaml(3));
    const limiter = await start(join(root, 'nowhere', 'last-good.json'));
    expect(await limiter.limit()).toBe(3);
    expect(limiter.output()).toContain('the good rules cannot be kept on disk');
  });
});
