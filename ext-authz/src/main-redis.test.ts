import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Running } from '@paymesh/common/lifecycle';
import { createLogger } from '@paymesh/common/log';
import { eventually, isRedisAvailable, type RedisProcess, startRedis } from '@paymesh/common/testing';

import { startExtAuthz } from './main.ts';
import { type CheckClient, checkClient } from './testing/check-client.ts';
import { type RawCheck, SECRET, signedCheck, toCheckRequest } from './testing/fixtures.ts';
import { mesh } from './testing/mesh.ts';
import { outcome } from './testing/start.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };

(isRedisAvailable() ? describe : describe.skip)('two replicas on one Redis (needs redis-server)', () => {
  let redis: RedisProcess;
  let folder: string;
  const replicas: { readonly running: Running; readonly client: CheckClient }[] = [];

  beforeAll(async () => {
    redis = await startRedis();
    folder = await mkdtemp(join(tmpdir(), 'paymesh-authz-'));
    await writeFile(join(folder, 'a.key'), SECRET.toString('base64'));
    // The policy says embedded: that a Redis was named at start wins.
    await writeFile(join(folder, 'mesh.yaml'), mesh({ keys: [{ id: 'k', file: 'a.key' }] }));
    for (let index = 0; index < 2; index += 1) {
      const running = await startExtAuthz({
        configDir: folder,
        listen: LISTEN,
        admin: LISTEN,
        redisUrl: redis.url,
        log: createLogger({ service: 'ext-authz', level: 'silent' }),
        audit: { file: '/dev/null' },
      });
      replicas.push({ running, client: checkClient(running.addresses['listen'] ?? '') });
    }
    await eventually(async () => {
      for (const replica of replicas.keys())
        expect(await ask(replica, signed())).toMatchObject({ http: 200 });
    });
  });

  afterAll(async () => {
    for (const { running, client } of replicas) {
      client.close();
      await running.stop();
    }
    await redis.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(replica: number, check: RawCheck) {
    const answer = await replicas[replica]?.client.check(toCheckRequest(check));
    if (answer === undefined) throw new Error('no such replica');
    return outcome(answer);
  }

  test('a nonce used at one is a replay at the other', async () => {
    const check = signed();
    expect(await ask(0, check)).toMatchObject({ http: 200 });
    expect(await ask(1, check)).toMatchObject({ http: 409 });
  });

  test('the same request at both at once: exactly one is allowed', async () => {
    const check = signed();
    const answers = await Promise.all(Array.from({ length: 40 }, (_, index) => ask(index % 2, check)));
    expect(answers.filter(({ http }) => http === 200)).toHaveLength(1);
  });

  test('a paused Redis denies with 503 in time, forgeries still with 401, and all is well after', async () => {
    redis.process.kill('SIGSTOP');
    try {
      const tookMs: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const startedMs = performance.now();
        expect(await ask(0, signed())).toMatchObject({ http: 503, body: { code: 'store_unavailable' } });
        tookMs.push(performance.now() - startedMs);
      }
      // The best of five, and some for the way there and back: the machine may be busy.
      expect(Math.min(...tookMs)).toBeLessThan(40);
      expect(await ask(0, { ...signed(), method: 'PUT' })).toMatchObject({ http: 401 });
    } finally {
      redis.process.kill('SIGCONT');
    }
    await eventually(async () => expect(await ask(0, signed())).toMatchObject({ http: 200 }));
  });
});

function signed(): RawCheck {
  return signedCheck({ keyId: 'k', timestamp: Math.floor(Date.now() / 1_000) });
}
