import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CheckRequestSchema, CheckResponseSchema } from '@paymesh/common/envoy-auth';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock } from '@paymesh/common/testing';

import { openInProcess } from './open-in-process.ts';
import { NOW_MS, SECRET, signedCheck, toCheckRequest } from './testing/fixtures.ts';
import { mesh } from './testing/mesh.ts';
import { outcome } from './testing/start.ts';

const log = createLogger({ service: 'ext-authz', level: 'silent' });
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paymesh-authz-'));
  await writeFile(join(folder, 'a.key'), SECRET.toString('base64'));
  await writeFile(join(folder, 'mesh.yaml'), mesh({ keys: [{ id: 'k', file: 'a.key' }] }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('openInProcess', () => {
  test('answers bytes with bytes, and forgets nonces by its clock', async () => {
    const clock = createFakeClock(NOW_MS);
    const service = await openInProcess({ configDir: folder, clock, log, auditFile: '/dev/null' });
    const check = signedCheck({ keyId: 'k' });
    const ask = async () => {
      const answer = await service.check(Buffer.from(toBinary(CheckRequestSchema, toCheckRequest(check))));
      return outcome(fromBinary(CheckResponseSchema, answer)).reason;
    };
    expect(await ask()).toBe('ok');
    expect(await ask()).toBe('replayed_nonce');
    clock.advance(301_000);
    expect(await ask()).toBe('stale_timestamp');
    await service.close();
  });

  test('refuses a folder with errors', async () => {
    const opened = openInProcess({
      configDir: '/dev/null/none',
      clock: createFakeClock(NOW_MS),
      log,
      auditFile: '/dev/null',
    });
    await expect(opened).rejects.toThrow('/dev/null/none');
  });
});
