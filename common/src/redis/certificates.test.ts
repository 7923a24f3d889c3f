import { readFileSync, writeFileSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { createRegistry } from '../metrics/index.ts';
import { isRedisTlsAvailable, makeRedisTls, type RedisTls } from '../testing/index.ts';
import { firstEndMs } from './certificates.ts';
import { createCertificateGauge, readRedisAccess } from './index.ts';

const DAY_MS = 86_400_000;
const NAME = 'paymesh_certificate_expiry_timestamp_seconds';

(isRedisTlsAvailable() ? describe : describe.skip)('certificates for Redis (needs openssl)', () => {
  let tls: RedisTls;

  beforeAll(() => {
    tls = makeRedisTls();
  });
  afterAll(() => tls.remove());

  test('the first end of all in a text counts; a key has none', () => {
    const [ca, cert, key] = [tls.caFile, tls.certFile, tls.keyFile].map((file) => readFileSync(file, 'utf8'));
    const ends = [firstEndMs(ca ?? ''), firstEndMs(cert ?? '')].map(Number);
    expect(firstEndMs(`${ca}${key}${cert}`)).toBe(Math.min(...ends));
    expect(firstEndMs(key ?? '')).toBeUndefined();
    // Made for two days.
    expect(ends[0]).toBeGreaterThan(Date.now() + DAY_MS);
    expect(ends[0]).toBeLessThan(Date.now() + 3 * DAY_MS);
  });

  test('what a program was started with is a series for each file, and nothing where there is none', async () => {
    const registry = createRegistry('ext-authz');
    const measure = createCertificateGauge(registry);
    measure({});
    expect(await registry.metrics()).not.toContain(`${NAME}{`);
    const files = { ca: tls.caFile, cert: tls.certFile, key: tls.keyFile };
    const { certificates } = await readRedisAccess({ url: 'rediss://h', files });
    measure(certificates);
    const text = await registry.metrics();
    for (const [label, file] of Object.entries({ redis_ca: tls.caFile, redis_client: tls.certFile })) {
      const seconds = Number(firstEndMs(readFileSync(file, 'utf8'))) / 1_000;
      expect(text).toContain(`${NAME}{certificate="${label}",component="ext-authz"} ${seconds}`);
    }
  });

  test('a certificate that cannot be read is told with its file, not when Redis is asked', async () => {
    const damaged = `${tls.caFile}.damaged`;
    writeFileSync(damaged, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
    await expect(readRedisAccess({ url: 'rediss://h', files: { ca: damaged } })).rejects.toThrow(
      `${damaged} has a certificate that cannot be read`,
    );
  });
});
