import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RateLimitResponse_Code as Code } from '@paymesh/common/envoy-ratelimit';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';

import { type RateLimiterOptions, startRateLimiter } from './main.ts';
import { createRlsClient, type RlsClient } from './testing/index.ts';

const PER_MINUTE = `
domain: shop
descriptors:
  - key: user
    rate_limit: {unit: minute, requests_per_unit: 3, name: per-user}
`;

let dir = '';
let running: Running | undefined;
let client: RlsClient | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'paymesh-limiter-'));
});

afterEach(async () => {
  client?.close();
  await running?.stop();
  running = undefined;
  client = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function start(
  options: Partial<RateLimiterOptions> = {},
): Promise<{ client: RlsClient; admin: string }> {
  running = await startRateLimiter({
    configDir: dir,
    listen: { host: '127.0.0.1', port: 0 },
    admin: { host: '127.0.0.1', port: 0 },
    log: createLogger({ service: 'rate-limiter', level: 'silent' }),
    clock: { now: () => 30_000 },
    ...options,
  });
  client = createRlsClient(running.addresses['listen'] ?? '');
  return { client, admin: `http://${running.addresses['admin']}` };
}

const user = (value: string) => ({ domain: 'shop', descriptors: [{ entries: [{ key: 'user', value }] }] });

describe('startRateLimiter with a folder of ratelimit YAML', () => {
  test('lets a limit through and no more, per value', async () => {
    await writeFile(join(dir, 'shop.yaml'), PER_MINUTE);
    const started = await start();
    const codes: number[] = [];
    for (let i = 0; i < 5; i += 1) codes.push((await started.client.ask(user('a'))).overallCode);
    expect(codes).toEqual([Code.OK, Code.OK, Code.OK, Code.OVER_LIMIT, Code.OVER_LIMIT]);
    expect((await started.client.ask(user('b'))).overallCode).toBe(Code.OK);
  });

  test('answers with full statuses', async () => {
    await writeFile(join(dir, 'shop.yaml'), PER_MINUTE);
    const started = await start();
    const answer = await started.client.ask(user('a'));
    expect(answer.statuses).toMatchObject([
      {
        code: Code.OK,
        limitRemaining: 2,
        currentLimit: { name: 'per-user', requestsPerUnit: 3, unit: 2 },
        durationUntilReset: { seconds: 30n, nanos: 0 },
      },
    ]);
    expect(answer.responseHeadersToAdd).toEqual([]);
  });
});
