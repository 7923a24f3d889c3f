import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { Client, credentials } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  RateLimitResponse_Code as Code,
  RateLimitRequestSchema,
  RateLimitResponseSchema,
  RateLimitService,
} from '@paymesh/common/envoy-ratelimit';
import { DIGEST_KEY_BYTES, DIGEST_WORDS } from '@paymesh/common/keyed-digest';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock, eventually, freePort, isRedisAvailable, startRedis } from '@paymesh/common/testing';
import * as fc from 'fast-check';
import { Redis } from 'ioredis';

import { type RateLimiterOptions, startRateLimiter } from './main.ts';
import { encodeHeader, encodeRecord, HEADER_BYTES, RECORD_BYTES } from './store/counter-file-format.ts';
import { type Ask, createRlsClient, limitedMesh, type RlsClient } from './testing/index.ts';

const GRPC = { invalidArgument: 3, notFound: 5, unavailable: 14 };

let dir = '';
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'paymesh-limiter-'));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rm(dir, { recursive: true, force: true });
});

interface Started {
  readonly running: Running;
  readonly client: RlsClient;
  readonly get: (path: string) => Promise<{ status: number; text: string }>;
}

async function start(options: Partial<RateLimiterOptions> = {}): Promise<Started> {
  const running = await startRateLimiter({
    configDir: dir,
    listen: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: createLogger({ service: 'rate-limiter', level: 'silent' }),
    clock: createFakeClock(30_000),
    storeTimeoutMs: 2_000,
    ...options,
  });
  closers.push(() => running.stop());
  const client = createRlsClient(running.addresses['listen'] ?? '');
  closers.push(() => client.close());
  const get = async (path: string) => {
    const response = await fetch(`http://${running.addresses['admin']}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return { running, client, get };
}

/** A file of counters of a day. */
function fileOfCounters(count: number): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES + count * RECORD_BYTES);
  encodeHeader(new Uint8Array(DIGEST_KEY_BYTES)).copy(bytes);
  const words = new Uint32Array(DIGEST_WORDS);
  for (let index = 0; index < count; index += 1) {
    words.fill(Math.imul(index, 0x9e_37_79_b1));
    const record = { digest: { words, at: 0 }, group: 1, state: 1, endMs: 86_400_000 };
    encodeRecord(record, bytes, HEADER_BYTES + index * RECORD_BYTES);
  }
  return bytes;
}

function yaml(limit: number, unit = 'minute', domain = 'shop'): string {
  return `
domain: ${domain}
descriptors:
  - key: user
    rate_limit: {unit: ${unit}, requests_per_unit: ${limit}, name: per-user}
`;
}

const save = (name: string, text: string) => writeFile(join(dir, name), text);

function user(value: string, domain = 'shop'): Ask {
  return { domain, descriptors: [{ entries: [{ key: 'user', value }] }] };
}

function charge(principal: string): Ask {
  const entries = [
    { key: 'policy', value: 'pay/per-merchant' },
    { key: 'limit', value: 'burst' },
    { key: 'principal', value: principal },
    { key: 'header.x-shop', value: '1' },
  ];
  return { domain: 'paymesh', descriptors: [{ entries }] };
}

async function passed(client: RlsClient, ask: Ask, times: number): Promise<number> {
  let count = 0;
  for (let i = 0; i < times; i += 1) if ((await client.ask(ask)).overallCode === Code.OK) count += 1;
  return count;
}

describe('with a folder of ratelimit YAML', () => {
  test('lets a limit through and no more, per value', async () => {
    await save('shop.yaml', yaml(3));
    const { client } = await start();
    expect([await passed(client, user('a'), 5), await passed(client, user('b'), 5)]).toEqual([3, 3]);
  });

  test('answers with full statuses, and tells a limited client when to come back', async () => {
    await save('shop.yaml', yaml(1));
    const { client } = await start();
    const currentLimit = { name: 'per-user', requestsPerUnit: 1, unit: 2 };
    const durationUntilReset = { seconds: 30n, nanos: 0 };
    expect(await client.ask(user('a'))).toMatchObject({
      overallCode: Code.OK,
      statuses: [{ code: Code.OK, limitRemaining: 0, currentLimit, durationUntilReset }],
      responseHeadersToAdd: [],
    });
    expect(await client.ask(user('a'))).toMatchObject({
      overallCode: Code.OVER_LIMIT,
      statuses: [{ code: Code.OVER_LIMIT, limitRemaining: 0, currentLimit, durationUntilReset }],
      responseHeadersToAdd: [{ key: 'retry-after', value: '30' }],
    });
  });

  test('with a file goes on with the counts of a day after a restart, and says that they are kept', async () => {
    await save('shop.yaml', yaml(3, 'day'));
    const countersFile = join(dir, 'counters');
    const first = await start({ countersFile });
    expect(await passed(first.client, user('a'), 2)).toBe(2);
    await expect(start({ countersFile })).rejects.toThrow('cannot keep counters: another process holds');
    await first.running.stop();
    const second = await start({ countersFile });
    expect(await passed(second.client, user('a'), 5)).toBe(1);
    expect((await second.get('/metrics')).text).toContain('paymesh_ratelimit_counters_unkept{');
  });

  test('is alive and not ready while it reads many counters of a file', async () => {
    await save('shop.yaml', yaml(3));
    const countersFile = join(dir, 'counters');
    await writeFile(countersFile, fileOfCounters(400_000));
    const port = await freePort();
    const starting = start({ countersFile, admin: { host: '127.0.0.1', port } });
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
    await eventually(async () => {
      expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 503]);
    });
    await starting;
    expect(await statusOf('/readyz')).toBe(200);
  });

  test('[58] takes an edit over while it serves, and a file that goes', async () => {
    await save('shop.yaml', yaml(3));
    const { client } = await start();
    expect((await client.ask(user('a', 'late'))).statuses[0]?.currentLimit).toBeUndefined();
    await save('late.yaml', yaml(50, 'minute', 'late'));
    await eventually(async () =>
      expect((await client.ask(user('a', 'late'))).statuses[0]?.limitRemaining).toBe(49),
    );
    await rm(join(dir, 'late.yaml'));
    await eventually(async () => {
      expect((await client.ask(user('a', 'late'))).statuses[0]?.currentLimit).toBeUndefined();
    });
  });

  test('a changed limit keeps the count', async () => {
    await save('shop.yaml', yaml(3));
    const { client } = await start();
    await passed(client, user('a'), 2);
    await save('shop.yaml', yaml(10));
    const entries = [{ key: 'user', value: 'a' }];
    const read: Ask = { domain: 'shop', descriptors: [{ entries, hitsAddend: 0n }] };
    await eventually(async () => expect((await client.ask(read)).statuses[0]?.limitRemaining).toBe(8));
  });

  test('keeps the last good rules after a broken edit, and shows why', async () => {
    await save('shop.yaml', yaml(3));
    const { client, get } = await start();
    await save('shop.yaml', yaml(3, 'minutes'));
    await eventually(async () => expect((await get('/rules')).text).toContain('did you mean \\"minute\\"?'));
    expect(await passed(client, user('a'), 5)).toBe(3);
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/metrics')).text).toMatch(
      /paymesh_ratelimit_config_loads_total\{result="refused".*\} 1/,
    );
  });

  test('keeps the last good rules when the folder becomes empty', async () => {
    await save('shop.yaml', yaml(3));
    const { client, get } = await start();
    await rm(join(dir, 'shop.yaml'));
    await eventually(async () => {
      expect((await get('/metrics')).text).toMatch(/config_loads_total\{result="refused".*\} 1/);
    });
    expect(await passed(client, user('a'), 5)).toBe(3);
  });
});

describe('with a folder of policies', () => {
  test('counts each owner, and overrides', async () => {
    await save('mesh.yaml', limitedMesh('3/m'));
    const { client } = await start();
    expect([await passed(client, charge('a'), 9), await passed(client, charge('vip'), 9)]).toEqual([3, 5]);
  });

  test('serves ratelimit YAML beside them', async () => {
    await save('mesh.yaml', limitedMesh('3/m'));
    await save('shop.yaml', yaml(2));
    const { client } = await start();
    expect([await passed(client, charge('a'), 9), await passed(client, user('a'), 9)]).toEqual([3, 2]);
  });

  test('takes an edit over', async () => {
    await save('mesh.yaml', limitedMesh('3/m'));
    const { client } = await start();
    await save('mesh.yaml', limitedMesh('7/m'));
    await eventually(async () => {
      expect((await client.ask(charge('a'))).statuses[0]?.currentLimit?.requestsPerUnit).toBe(7);
    });
  });
});

describe('at the start', () => {
  test('an empty folder is not ready, and becomes so', async () => {
    const { client, get, running } = await start();
    const unavailable = { code: GRPC.unavailable, details: 'no rate limit configuration loaded' };
    await expect(client.ask(user('a'))).rejects.toMatchObject(unavailable);
    expect((await get('/readyz')).status).toBe(503);
    expect(await health(running)).toBe('NOT_SERVING');
    await save('shop.yaml', yaml(1));
    await eventually(async () => expect((await get('/readyz')).status).toBe(200));
    expect((await client.ask(user('a'))).overallCode).toBe(Code.OK);
    expect(await health(running)).toBe('SERVING');
    expect(await health(running, 'ratelimit')).toBe('SERVING');
    await expect(health(running, 'ratelimits')).rejects.toMatchObject({ code: GRPC.notFound });
  });

  test('a folder with errors refuses to start, with all of them', async () => {
    await save('a.yaml', yaml(3, 'minutes'));
    await save('b.yaml', 'domain: ""');
    await expect(start()).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(
        /2 error\(s\):\n.*a\.yaml:5:24: error RL2005.*\n.*b\.yaml:1:9: error RL2001/,
      ),
    });
  });

  test('a folder that is not there refuses to start', async () => {
    await expect(start({ configDir: join(dir, 'none') })).rejects.toMatchObject({
      code: 'config_unreadable',
    });
  });

  test.each(['listen', 'admin'])(
    'a taken %s port refuses to start and leaves nothing behind',
    async (which) => {
      await save('shop.yaml', yaml(1));
      const { running } = await start();
      const host = '127.0.0.1';
      const free = { listen: { host, port: await freePort() }, admin: { host, port: await freePort() } };
      const taken = { host, port: Number(running.addresses[which]?.split(':')[1]) };
      await expect(start({ ...free, [which]: taken })).rejects.toThrow(/another program holds the port/);
      const again = await start(free);
      expect(again.running.addresses['listen']).toBe(`${host}:${free.listen.port}`);
    },
  );
});

describe('bad requests', () => {
  test.each<[string, Ask]>([
    ['no domain', { descriptors: [{ entries: [{ key: 'user', value: 'a' }] }] }],
    ['no descriptors', { domain: 'shop' }],
    ['an override without a unit', { domain: 'shop', descriptors: [{ limit: { requestsPerUnit: 1 } }] }],
  ])('%s is INVALID_ARGUMENT', async (_name, ask) => {
    await save('shop.yaml', yaml(3));
    const { client } = await start();
    await expect(client.ask(ask)).rejects.toMatchObject({ code: GRPC.invalidArgument });
    expect((await client.ask(user('a'))).overallCode).toBe(Code.OK);
  });

  test('no request stops the service or goes without an answer', async () => {
    await save('shop.yaml', yaml(3));
    const { client } = await start();
    const text = fc.oneof(
      fc.constantFrom('user', 'shop', '', '*'),
      fc.string({ unit: 'binary', maxLength: 50 }),
    );
    const hits = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined });
    const limit = fc.option(fc.record({ requestsPerUnit: fc.nat(), unit: fc.integer({ min: 0, max: 9 }) }), {
      nil: undefined,
    });
    const descriptorOf = fc.record({
      entries: fc.array(fc.record({ key: text, value: text }), { maxLength: 6 }),
      hitsAddend: hits,
      isNegativeHits: fc.boolean(),
      limit,
    });
    const ask = fc.record({
      domain: fc.constantFrom('shop', '', 'other'),
      descriptors: fc.array(descriptorOf, { maxLength: 20 }),
      hitsAddend: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(ask, async (each) => {
        const outcome = await client.ask(each as Ask).then(
          ({ overallCode, statuses }) => ({ overallCode, length: statuses.length }),
          (error: { code: number }) => error.code,
        );
        const answers = [Code.OK, Code.OVER_LIMIT].map((overallCode) => ({
          overallCode,
          length: each.descriptors.length,
        }));
        expect([...answers, GRPC.invalidArgument]).toContainEqual(outcome);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['noise', Buffer.from('ffffffffffff', 'hex')],
    ['a text that is not UTF-8', Buffer.from([0x0a, 0x02, 0xff, 0xfe])],
    ['groups without end', Buffer.alloc(10_000, 0x0b)],
    ['2 MiB', Buffer.alloc(2 * 1024 * 1024, 0x61)],
  ])('bytes that are no message get an error: %s', async (_name, bytes) => {
    await save('shop.yaml', yaml(3));
    const { client, running } = await start();
    await expect(sendRaw(running, bytes)).rejects.toHaveProperty('code');
    expect((await client.ask(user('a'))).overallCode).toBe(Code.OK);
  });
});

test('a header that is not UTF-8 is counted: an error would open every limit that fails open', async () => {
  await save('shop.yaml', yaml(1));
  const { client, running } = await start();
  const ask = toBinary(RateLimitRequestSchema, create(RateLimitRequestSchema, user('~~')));
  const bytes = Buffer.from(Buffer.from(ask).toString('latin1').replace('~~', '\xff\xfe'), 'latin1');
  const answers = [await sendRaw(running, bytes), await sendRaw(running, bytes)];
  expect(answers.map((answer) => fromBinary(RateLimitResponseSchema, answer).overallCode)).toEqual([
    Code.OK,
    Code.OVER_LIMIT,
  ]);
  expect((await client.ask(user('a'))).overallCode).toBe(Code.OK);
});

describe('the admin port', () => {
  test('shows the rules and counts decisions by rule, not by value', async () => {
    await save('shop.yaml', yaml(1));
    const { client, get } = await start();
    await client.ask(user('secret-a'));
    await client.ask(user('secret-a'));
    await client.ask(user('a', 'strange-domain'));
    expect(JSON.parse((await get('/rules')).text)).toMatchObject({
      domains: [{ domain: 'shop', rules: [{ descriptor: ['user'], limit: '1/minute' }] }],
      findings: [],
    });
    const metrics = (await get('/metrics')).text;
    const labels = (outcome: string) =>
      `domain="shop",limit="user",outcome="${outcome}",component="rate-limiter"`;
    expect(metrics).toContain(`paymesh_ratelimit_decisions_total{${labels('near')}} 1`);
    expect(metrics).toContain(`paymesh_ratelimit_decisions_total{${labels('over')}} 1`);
    expect(metrics).toContain('paymesh_ratelimit_unmatched_total{domain="",component="rate-limiter"} 1');
    expect(metrics).toContain('paymesh_ratelimit_fallback_active{component="rate-limiter"} 0');
    expect(metrics).toMatch(/paymesh_ratelimit_call_duration_seconds_count\{.*\} 3/);
    expect(metrics).toMatch(/paymesh_ratelimit_store_duration_seconds_count\{.*\} 2/);
    expect(metrics).not.toMatch(/secret|strange/);
  });
});

(isRedisAvailable() ? describe : describe.skip)('with Redis (needs redis-server)', () => {
  test('replicas share their counters', async () => {
    const redis = await startRedis();
    closers.push(() => redis.stop());
    await save('shop.yaml', yaml(5));
    const first = await start({ redisUrl: redis.url });
    const second = await start({ redisUrl: redis.url });
    expect([await passed(first.client, user('a'), 3), await passed(second.client, user('a'), 9)]).toEqual([
      3, 2,
    ]);
  });

  test('counts in the keys of an envoyproxy/ratelimit beside it, which sees what was counted here', async () => {
    const redis = await startRedis();
    closers.push(() => redis.stop());
    const its = new Redis(redis.url);
    closers.push(() => its.disconnect());
    await save('shop.yaml', yaml(5));
    await its.incrby('old:shop_user_a_0', 3);
    const { client } = await start({ redisUrl: redis.url, ratelimitKeyPrefix: 'old:' });
    expect(await passed(client, user('a'), 9)).toBe(2);
    expect(await passed(client, user('b'), 2)).toBe(2);
    expect(await its.incrby('old:shop_user_b_0', 1)).toBe(3);
  });

  test('falls back at once while Redis is away, and counts again when it is back', async () => {
    const redis = await startRedis();
    const { port } = redis;
    await save('mesh.yaml', limitedMesh('6/m', { fallback: '{ fallback: Local, factor: 0.5 }' }));
    await save('shop.yaml', yaml(5));
    const { client, get } = await start({ redisUrl: redis.url });
    expect(await passed(client, charge('a'), 9)).toBe(6);
    await redis.stop();
    expect(await passed(client, charge('a'), 9)).toBe(3);
    await expect(client.ask(user('a'))).rejects.toMatchObject({ code: GRPC.unavailable });
    await eventually(async () => expect((await get('/metrics')).text).toMatch(/fallback_active\{.*\} 1/));
    const away = { store: 'away: limits fall back' };
    expect(JSON.parse((await get('/readyz')).text)).toEqual({ status: 'ready', ...away });
    expect(JSON.parse((await get('/healthz')).text)).toEqual({ status: 'alive', ...away });
    const startedMs = performance.now();
    await passed(client, charge('b'), 100);
    expect((performance.now() - startedMs) / 100).toBeLessThan(20);
    const back = await startRedis(port);
    closers.push(() => back.stop());
    await eventually(async () => expect((await client.ask(user('a'))).overallCode).toBe(Code.OK));
    expect((await get('/metrics')).text).toMatch(/fallback_active\{.*\} 0/);
    expect(JSON.parse((await get('/readyz')).text)).toEqual({ status: 'ready' });
    expect(await passed(client, charge('a'), 9)).toBe(6);
  });

  test('starts without Redis, and counts once it is there', async () => {
    const port = await freePort();
    await save('shop.yaml', yaml(5));
    const { client } = await start({ redisUrl: `redis://127.0.0.1:${port}` });
    await expect(client.ask(user('a'))).rejects.toMatchObject({ code: GRPC.unavailable });
    const redis = await startRedis(port);
    closers.push(() => redis.stop());
    await eventually(async () => expect((await client.ask(user('a'))).overallCode).toBe(Code.OK));
  });
});

/** What grpc.health.v1 says; the message is one enum field. */
function health(running: Running, service = ''): Promise<string> {
  const name = Buffer.from(service);
  const asked = service === '' ? name : Buffer.concat([Buffer.of(0x0a, name.byteLength), name]);
  return raw(running, '/grpc.health.v1.Health/Check', asked).then((bytes) =>
    bytes[1] === 1 ? 'SERVING' : 'NOT_SERVING',
  );
}

function sendRaw(running: Running, bytes: Buffer): Promise<Buffer> {
  return raw(running, `/${RateLimitService.typeName}/ShouldRateLimit`, bytes);
}

function raw(running: Running, path: string, bytes: Buffer): Promise<Buffer> {
  const client = new Client(running.addresses['listen'] ?? '', credentials.createInsecure());
  const same = (value: Buffer) => value;
  return new Promise<Buffer>((resolve, reject) => {
    client.makeUnaryRequest(path, same, same, bytes, (error, value) => {
      client.close();
      if (value === undefined) reject(error ?? new Error('no answer'));
      else resolve(value);
    });
  });
}
