import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { eventually } from '@paymesh/common/testing';

import { startHttpServer } from './keys/testing/http-server.ts';
import { startExtAuthz } from './main.ts';
import { checkClient } from './testing/check-client.ts';
import { type CheckSpec, signedCheck, toCheckRequest } from './testing/fixtures.ts';
import { mesh } from './testing/mesh.ts';
import { outcome } from './testing/start.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
const SECRET = randomBytes(32);

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('a KeySet that also fetches keys', () => {
  test('starts while the server hangs, and those whose keys are here are served', async () => {
    const { ask, get } = await start(() => undefined);
    expect(await ask()).toMatchObject({ http: 200 });
    expect(await ask({ keyId: 'unknown' })).toMatchObject({ http: 401 });
    expect(await get('/policies')).toContain('PM6120');
  });

  test('is not driven by a flood of unknown ids, and goes on to serve', async () => {
    const { ask, server, get } = await start((_request, response) => response.end(jwks('issuer-1')));
    const flood = Array.from({ length: 500 }, (_, n) => ask({ keyId: `flood-${n}` }));
    const honest = Array.from({ length: 50 }, () => ask());
    expect(new Set((await Promise.all(honest)).map(({ http }) => http))).toEqual(new Set([200]));
    expect(new Set((await Promise.all(flood)).map(({ http }) => http))).toEqual(new Set([401]));
    expect(server.count()).toBe(2);
    const metrics = await get('/metrics');
    expect(metrics).toMatch(
      /paymesh_authz_key_fetches_total\{source="pay\/merchants jwks",result="taken",.*\} 2/,
    );
    expect(metrics).toMatch(
      /paymesh_authz_keys_good_until_seconds\{source="pay\/merchants jwks",.*\} \d{10}/,
    );
  });

  test('an unknown id answers soon, however slow the server is', async () => {
    let isSlow = false;
    const { ask } = await start((_request, response) => {
      if (!isSlow) response.end(jwks('issuer-1'));
    });
    isSlow = true;
    const startedMs = performance.now();
    expect(await ask({ keyId: 'unknown' })).toMatchObject({ http: 401 });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await eventually(async () => expect(await ask()).toMatchObject({ http: 200 }));
  });
});

function jwks(kid: string): string {
  const { publicKey } = generateKeyPairSync('ed25519');
  return JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid }] });
}

/** The whole service, with one key of its own and a server for the others. */
async function start(listener: RequestListener) {
  const folder = await mkdtemp(join(tmpdir(), 'paymesh-fetched-'));
  const decisions = `${folder}.decisions.log`;
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  cleanups.push(() => rm(decisions, { force: true }));
  const server = await startHttpServer(listener);
  cleanups.push(() => server.close());
  await writeFile(join(folder, 'own.key'), SECRET.toString('base64'));
  const source = `  jwks: {url: "${server.url}/jwks.json", owner: issuer}`;
  const documents = mesh({ keys: [{ id: 'own', file: 'own.key' }] });
  await writeFile(join(folder, 'mesh.yaml'), documents.replace('\n  keys:\n', `\n${source}\n  keys:\n`));
  const running = await startExtAuthz({
    configDir: folder,
    listen: LISTEN,
    admin: LISTEN,
    log: createLogger({ service: 'ext-authz', level: 'silent' }),
    audit: { file: decisions },
  });
  cleanups.push(() => running.stop());
  const client = checkClient(running.addresses['listen'] ?? '');
  cleanups.push(() => client.close());
  return {
    server,
    ask: async (spec: CheckSpec = {}) => outcome(await client.check(toCheckRequest(signed(spec)))),
    get: async (path: string) => (await fetch(`http://${running.addresses['admin']}${path}`)).text(),
  };
}

function signed(spec: CheckSpec) {
  return signedCheck({ keyId: 'own', secret: SECRET, timestamp: Math.floor(Date.now() / 1_000), ...spec });
}
