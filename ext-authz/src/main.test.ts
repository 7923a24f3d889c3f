import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseHostPort } from '@paymesh/common/config';
import { createLogger } from '@paymesh/common/log';
import { eventually } from '@paymesh/common/testing';

import { EC_CERTIFICATE } from './keys/testing/certificates.ts';
import { type ExtAuthzOptions, startExtAuthz } from './main.ts';
import { type CheckClient, checkClient } from './testing/check-client.ts';
import { type CheckSpec, signedCheck, toCheckRequest } from './testing/fixtures.ts';
import { mesh } from './testing/mesh.ts';
import { outcome } from './testing/start.ts';

const LISTEN = { host: '127.0.0.1', port: 0 };
const OLD_KEY = randomBytes(32);
const NEW_KEY = randomBytes(32);

let folder: string;
let lines: string[];
const cleanups: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paymesh-authz-'));
  lines = [];
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  cleanups.push(() => rm(decisions(), { force: true }));
  await write('old.key', `${OLD_KEY.toString('base64')}\n`);
  await write('mesh.yaml', mesh({ keys: [{ id: 'k-old', file: 'old.key' }] }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('startExtAuthz', () => {
  test('answers checks, health, metrics and readiness', async () => {
    const { ask, client, get } = await start();
    expect(await ask()).toMatchObject({ http: 200, reason: 'ok' });
    expect(await client.health()).toBe('SERVING');
    expect(await get('/readyz')).toContain('ready');
    const policies = await get('/policies');
    expect(policies).toContain('"pay/merchant-signature"');
    expect(policies).toMatch(/"set":\s*"pay\/merchants"/);
    const metrics = await get('/metrics');
    expect(metrics).toMatch(
      /paymesh_authz_decisions_total\{service="pay\/payments",route="pay\/charge",policy="pay\/merchant-signature",decision="allow",reason="ok",component="ext-authz"\} 1/,
    );
    expect(metrics).toMatch(/paymesh_authz_nonces\{component="ext-authz"\} 1/);
    expect(metrics).toContain('paymesh_replay_store_duration_seconds_bucket');
  });

  test('tells when keys end, also those whose certificate says so', async () => {
    await write('b.crt', EC_CERTIFICATE);
    await write('new.key', NEW_KEY.toString('base64'));
    await write('gone.key', randomBytes(32).toString('base64'));
    const typed = 'algorithm: hmac-sha256, notAfter: 2027-01-01T00:00:00Z';
    const banks = `---
apiVersion: paymesh.dev/v1
kind: KeySet
metadata: { name: banks, namespace: pay }
spec:
  keys:
    - { id: dated, owner: b, ${typed}, secret: { file: new.key } }
    - { id: certified, owner: b, algorithm: ecdsa-p256, publicKey: { file: b.crt } }
    - { id: revoked, owner: b, ${typed}, secret: { file: gone.key }, revoked: true }
`;
    const trial = '  candidate: { scheme: rfc9421, keys: { from: keyset/banks }, coverage: payment-write }\n';
    await write('mesh.yaml', mesh({ keys: [{ id: 'k-old', file: 'old.key' }] }) + trial + banks);
    const { get } = await start();
    const ends = (await get('/metrics')).match(/^paymesh_key_expiry_timestamp_seconds\{.*/gm) ?? [];
    const series = (key: string, end: string) =>
      `paymesh_key_expiry_timestamp_seconds{keyset="pay/banks",key_id="${key}",component="ext-authz"} ${Date.parse(end) / 1_000}`;
    expect(ends).toEqual([
      series('dated', '2027-01-01T00:00:00Z'),
      series('certified', '2027-02-06T00:00:00Z'),
    ]);
  });

  test('puts the principal in headers that overwrite and in metadata of text', async () => {
    const { client } = await start();
    const response = await client.check(toCheckRequest(signed()));
    expect(response.httpResponse).toMatchObject({
      case: 'okResponse',
      value: {
        headers: [
          { header: { key: 'x-paymesh-principal', value: 'merchant-a' }, appendAction: 2 },
          { header: { key: 'x-paymesh-key-id', value: 'k-old' }, appendAction: 2 },
        ],
      },
    });
    expect(response.dynamicMetadata).toEqual({
      policy: 'pay/merchant-signature',
      decision: 'allow',
      reason: 'ok',
      scheme: 'hmac',
      principal: 'merchant-a',
      key_id: 'k-old',
      revision: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  test('a check that is no HTTP request is denied', async () => {
    const { client } = await start();
    const response = await client.check({ $typeName: 'envoy.service.auth.v3.CheckRequest' });
    expect(outcome(response)).toMatchObject({ grpc: 7, http: 503, reason: 'malformed_check' });
  });

  test('rotates keys without a failed request', async () => {
    const { ask } = await start();
    const ended = new AbortController();
    const failures: unknown[] = [];
    const load = (async () => {
      while (!ended.signal.aborted) {
        const answer = await ask();
        if (answer.http !== 200) failures.push(answer);
      }
    })();
    const keys = [
      { id: 'k-old', file: 'old.key' },
      { id: 'k-new', file: 'new.key' },
    ];
    await write('new.key', NEW_KEY.toString('base64'));
    await write('mesh.yaml', mesh({ keys }));
    await eventually(async () =>
      expect(await ask({ keyId: 'k-new', secret: NEW_KEY })).toMatchObject({ http: 200 }),
    );
    ended.abort();
    await load;
    expect(failures).toEqual([]);
    await write(
      'mesh.yaml',
      mesh({
        keys: [
          { id: 'k-old', file: 'old.key', revoked: true },
          { id: 'k-new', file: 'new.key' },
        ],
      }),
    );
    await eventually(async () => expect(await ask()).toMatchObject({ http: 403, reason: 'revoked_key' }));
    expect(await ask({ keyId: 'k-new', secret: NEW_KEY })).toMatchObject({ http: 200 });
  });

  test('a policy under a new name remembers the nonces of the old one', async () => {
    const { client, get } = await start();
    const check = signed();
    expect(outcome(await client.check(toCheckRequest(check)))).toMatchObject({ http: 200 });
    const renamed = mesh({ keys: [{ id: 'k-old', file: 'old.key' }] }).replace('merchant-signature', 'other');
    await write('mesh.yaml', renamed);
    await eventually(async () => expect(await get('/policies')).toContain('"pay/other"'));
    const captured = { ...check, contextExtensions: { policy: 'pay/other' } };
    expect(outcome(await client.check(toCheckRequest(captured)))).toMatchObject({ http: 409 });
  });

  test('takes the largest body that a policy can ask for', async () => {
    const documents = mesh({ keys: [{ id: 'k-old', file: 'old.key' }] });
    await write('mesh.yaml', documents.replace('maxBody: 64KiB', 'maxBody: 16MiB'));
    const { ask } = await start();
    const largest = Buffer.alloc(16 * 1_024 * 1_024);
    expect(await ask({ body: largest })).toMatchObject({ http: 200 });
    expect(await ask({ body: Buffer.concat([largest, Buffer.alloc(1)]) })).toMatchObject({ http: 413 });
  });

  test('takes a key file that was written anew', async () => {
    const { ask } = await start();
    await write('old.key', NEW_KEY.toString('base64'));
    await eventually(async () => expect(await ask({ secret: NEW_KEY })).toMatchObject({ http: 200 }));
    expect(await ask()).toMatchObject({ http: 401 });
  });

  test('keeps the last good policies on a broken edit and tells where it is broken', async () => {
    const { ask, get } = await start();
    await write(
      'mesh.yaml',
      mesh({ keys: [{ id: 'k-old', file: 'old.key' }] }).replace('window: 300s', 'window: soon'),
    );
    await eventually(async () => expect(await get('/policies')).toContain('"spec.replay.window"'));
    expect(await ask()).toMatchObject({ http: 200 });
    expect(lines.join('')).toMatch(/mesh\.yaml:\d+:\d+ error PM2103/);
    expect(await get('/metrics')).toMatch(/paymesh_authz_config_apply_total\{result="rejected",/);
  });

  test('keeps the last good keys when a key file goes or breaks', async () => {
    const { ask, get } = await start();
    await write('old.key', 'not base64 at all');
    await eventually(async () => expect(await get('/policies')).toContain('PM6001'));
    expect(await ask()).toMatchObject({ http: 200 });
  });

  test('keeps the last good policies when the folder is emptied', async () => {
    const { ask } = await start();
    await rm(join(folder, 'mesh.yaml'));
    await eventually(() => expect(lines.join('')).toContain('policies refused'));
    expect(await ask()).toMatchObject({ http: 200 });
  });

  test.each<[string, string, RegExp]>([
    [
      'a missing key file',
      mesh({ keys: [{ id: 'k', file: 'none.key' }] }),
      /mesh\.yaml:\d+:\d+ error PM6001 KeySet pay\/merchants spec\.keys\[0\]\.secret: .*none\.key cannot be read \(ENOENT\)/,
    ],
    ['a key file of text', mesh({ keys: [{ id: 'k', file: 'mesh.yaml' }] }), /PM6001.* not padded base64/],
    [
      'a variable that is not set',
      mesh({ keys: [{ id: 'k', env: 'NO_SUCH_KEY' }] }),
      /PM6001.*NO_SUCH_KEY is not set/,
    ],
    [
      'one secret for two keys',
      mesh({
        keys: [
          { id: 'k', file: 'old.key' },
          { id: 'l', file: 'old.key' },
        ],
      }),
      /PM6002.*the secret of key "k"/,
    ],
    [
      'a KeySet that does not exist',
      mesh({ keys: [{ id: 'k', file: 'old.key' }], keySet: 'others' }),
      /PM3001/,
    ],
    [
      'redis without a URL',
      mesh({ keys: [{ id: 'k', file: 'old.key' }], nonceStore: 'redis' }),
      /mesh\.yaml:\d+:\d+ error PM6003 SigningPolicy pay\/merchant-signature spec\.replay\.nonceStore: .*--redis URL/,
    ],
    ['no YAML', '{{{', /PM1001/],
  ])('does not start with %s', async (_name, text, message) => {
    await write('mesh.yaml', text);
    await expect(start()).rejects.toThrow(message);
  });

  test('does not start without its folder', async () => {
    folder = join(folder, 'none');
    await expect(start()).rejects.toThrow(/none/);
  });

  test.each(['listen', 'admin'] as const)('does not start when the port of %s is taken', async (side) => {
    const { running } = await start();
    const taken = parseHostPort(running.addresses[side] ?? '');
    await expect(start({}, { [side]: taken })).rejects.toThrow(/EADDRINUSE|cannot listen/);
  });

  test.each([
    ['key sets and signing policies', -2, 'SigningPolicy pay/merchant-signature spec.targetRefs'],
    ['these and their routes', -3, 'Route pay/charge spec.service'],
  ])('runs on %s alone, with a warning', async (_name, first, place) => {
    const documents = mesh({ keys: [{ id: 'k-old', file: 'old.key' }] }).split('---');
    await write('mesh.yaml', documents.slice(first).join('---'));
    const { ask } = await start();
    expect(await ask()).toMatchObject({ http: 200 });
    const warnings = lines.filter((line) => line.includes('warning'));
    expect(warnings).toEqual([expect.stringMatching(`mesh\\.yaml:\\d+:\\d+ warning PM3001 ${place}`)]);
  });

  test('does not start when only the target of a policy is missing', async () => {
    await write(
      'mesh.yaml',
      mesh({ keys: [{ id: 'k', file: 'old.key' }] }).replace('name: charge,', 'name: other,'),
    );
    await expect(start()).rejects.toThrow(/error PM3001/);
  });

  test('reads a secret from a variable', async () => {
    await write('mesh.yaml', mesh({ keys: [{ id: 'k-env', env: 'KEY' }] }));
    const { ask } = await start({ KEY: NEW_KEY.toString('base64') });
    expect(await ask({ keyId: 'k-env', secret: NEW_KEY })).toMatchObject({ http: 200 });
  });

  test('prints no secret, whatever happens', async () => {
    const { ask, get } = await start();
    await ask();
    await ask({ secret: NEW_KEY });
    await ask({ keyId: OLD_KEY.toString('base64'), secret: OLD_KEY });
    await write('old.key', `${OLD_KEY.toString('base64')}!`);
    await eventually(async () => expect(await get('/policies')).toContain('PM6001'));
    await eventually(async () => expect(await readFile(decisions(), 'utf8')).toContain('unknown_key'));
    const told = (await get('/policies')) + (await get('/metrics')) + (await readFile(decisions(), 'utf8'));
    const output = lines.join('') + told;
    for (const spelling of ['base64', 'hex', 'latin1'] as const) {
      expect(output).not.toContain(OLD_KEY.toString(spelling).slice(0, 12));
    }
  });

  test('drains: what is under way is answered, then the port is closed', async () => {
    const { ask, running, client } = await start();
    const underWay = Array.from({ length: 200 }, () => ask());
    await underWay[0];
    await running.stop();
    cleanups.length = 1;
    const answers = await Promise.all(underWay);
    expect(answers.filter(({ http }) => http === 200)).toHaveLength(200);
    await expect(client.check(toCheckRequest(signed()))).rejects.toThrow('UNAVAILABLE');
    client.close();
  });
});

async function start(env: Record<string, string> = {}, change: Partial<ExtAuthzOptions> = {}) {
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const log = createLogger({ service: 'ext-authz', destination });
  const running = await startExtAuthz({
    configDir: folder,
    listen: LISTEN,
    admin: LISTEN,
    log,
    env,
    keyPollMs: 50,
    audit: { file: decisions(), allowSample: 1 },
    ...change,
  });
  cleanups.push(() => running.stop());
  const client: CheckClient = checkClient(running.addresses['listen'] ?? '');
  cleanups.push(() => client.close());
  return {
    running,
    client,
    ask: async (spec: CheckSpec = {}) => outcome(await client.check(toCheckRequest(signed(spec)))),
    get: async (path: string) => (await fetch(`http://${running.addresses['admin']}${path}`)).text(),
  };
}

/** Beside the folder, which is watched. */
function decisions(): string {
  return `${folder}.decisions.log`;
}

function signed(spec: CheckSpec = {}) {
  return signedCheck({ keyId: 'k-old', secret: OLD_KEY, timestamp: Math.floor(Date.now() / 1_000), ...spec });
}

/** Writes beside and renames, as careful editors do. */
async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder, `${name}.tmp`), text);
  await rename(join(folder, `${name}.tmp`), join(folder, name));
}
