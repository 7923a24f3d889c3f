import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import type { RedisFiles } from '@paymesh/common/redis';
import {
  eventually,
  isRedisTlsAvailable,
  makeRedisTls,
  type RedisTls,
  startRedisTls,
} from '@paymesh/common/testing';

import { openRedis } from './redis.ts';

const folder = mkdtempSync(join(tmpdir(), 'paymesh-redis-files-'));
const notPem = join(folder, 'not.pem');
writeFileSync(notPem, 'a password that nobody wants to see');
const lines: string[] = [];
const log = createLogger({ service: 'test', destination: { write: (line) => void lines.push(line) } });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('openRedis', () => {
  test.each<[string, string, RedisFiles, string]>([
    ['a wrong URL', 'http://:hunter2@h', {}, 'expected the URL of a Redis'],
    ['a certificate without its key', 'rediss://h', { cert: notPem }, 'go together'],
    ['a key without its certificate', 'rediss://h', { key: notPem }, 'go together'],
    ['a file that is not there', 'rediss://h', { ca: join(folder, 'none') }, 'none cannot be read'],
    ['a file that is no PEM', 'rediss://h', { ca: notPem }, 'has no PEM'],
  ])('%s is refused and says what to do', async (_, url, files, sentence) => {
    const opened = openRedis({ url, files }, log);
    await expect(opened).rejects.toThrow(sentence);
    await expect(opened).rejects.not.toThrow(/hunter2|nobody wants/);
  });
});

(isRedisTlsAvailable() ? describe : describe.skip)('openRedis by TLS (needs redis-server, openssl)', () => {
  let tls: RedisTls | undefined;

  afterAll(() => tls?.remove());

  test('with files claims; with certificates and a plain URL is refused', async () => {
    tls = makeRedisTls();
    const redis = await startRedisTls(tls);
    try {
      const files = { ca: tls.caFile, cert: tls.certFile, key: tls.keyFile };
      const { store } = await openRedis({ url: redis.url, files }, log);
      let keys = 0;
      await eventually(async () => {
        keys += 1;
        expect(await store.claim(`key ${keys}`, 1_000)).toBe('fresh');
      });
      await store.close();
      const plain = openRedis({ url: `redis://127.0.0.1:${redis.port}`, files }, log);
      await expect(plain).rejects.toThrow('begin the URL of Redis with rediss');
    } finally {
      await redis.stop();
    }
  });
});
