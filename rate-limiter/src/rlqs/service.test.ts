import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { eventually } from '@paymesh/common/testing';

import { startRateLimiter } from '../main.ts';
import { createRlqsClient, limitedMesh, type RlqsClient } from '../testing/index.ts';

const ID = { policy: 'pay/per-merchant', limit: 'all' };
const LOOPBACK = { host: '127.0.0.1', port: 0 };

let dir = '';
const closers: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'paymesh-rlqs-'));
  await writeFile(join(dir, 'mesh.yaml'), limitedMesh('20/s'));
});

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await rm(dir, { recursive: true, force: true });
});

async function start() {
  const running = await startRateLimiter({
    configDir: dir,
    listen: LOOPBACK,
    rlqsListen: LOOPBACK,
    admin: LOOPBACK,
    log: createLogger({ service: 'rate-limiter', level: 'silent' }),
  });
  closers.push(() => running.stop());
  const connect = (): RlqsClient => {
    const client = createRlqsClient(running.addresses['rlqs'] ?? '');
    closers.push(() => client.close());
    return client;
  };
  const get = async (path: string) => (await fetch(`http://${running.addresses['admin']}${path}`)).text();
  const override = (method: 'PUT' | 'DELETE', body: object) =>
    fetch(`http://${running.addresses['admin']}/overrides`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  /** Status of an answer to a request that names this host; fetch would not let it be chosen. */
  const getAs = (host: string, path: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const [name, port] = (running.addresses['admin'] ?? '').split(':');
      request({ host: name, port, path, headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  return { connect, get, getAs, override };
}

const bucket = (tokensPerFill: number, maxTokens: number) => ({
  bucketId: { bucket: ID },
  bucketAction: {
    case: 'quotaAssignmentAction',
    value: {
      assignmentTimeToLive: { seconds: 30n, nanos: 0 },
      rateLimitStrategy: {
        strategy: {
          case: 'tokenBucket',
          value: { maxTokens, tokensPerFill, fillInterval: { seconds: 60n, nanos: 0 } },
        },
      },
    },
  },
});

describe('StreamRateLimitQuotas', () => {
  test('the limit of a policy is divided among streams, and shown', async () => {
    const { connect, get } = await start();
    const first = connect();
    first.report('paymesh', ID, 1);
    await eventually(() => expect(first.actions).toMatchObject([bucket(100, 5)]));
    const second = connect();
    second.report('paymesh', ID, 1);
    await eventually(() => expect(second.actions).toMatchObject([bucket(50, 3)]));
    await eventually(() => expect(first.actions).toHaveLength(2));
    expect(JSON.parse(await get('/quota'))).toMatchObject({
      buckets: [
        {
          domain: 'paymesh',
          limit: 'pay/per-merchant/all',
          requests: 100,
          streams: [{ share: 50 }, { share: 50 }],
        },
      ],
    });
    const metrics = await get('/metrics');
    expect(metrics).toMatch(/paymesh_ratelimit_quota_streams\{[^}]*\} 2/);
    expect(metrics).toMatch(/paymesh_ratelimit_quota_assignments_total\{kind="bucket"[^}]*\} 3/);
  });

  test('without rules nobody is told that all may pass: the stream is refused until there are some', async () => {
    await rm(join(dir, 'mesh.yaml'));
    const { connect } = await start();
    const early = connect();
    early.report('paymesh', ID, 1);
    await eventually(() => expect(early.ended()).toBe(14));
    expect(early.actions).toEqual([]);
    await writeFile(join(dir, 'mesh.yaml'), limitedMesh('20/s'));
    await eventually(() => {
      const client = connect();
      client.report('paymesh', ID, 1);
      return eventually(() => expect(client.actions).toMatchObject([bucket(100, 5)]), { timeoutMs: 500 });
    });
  });

  test('values of clients are shown to this machine by its own name only', async () => {
    const { getAs } = await start();
    expect(await getAs('evil.example', '/quota')).toBe(403);
    expect(await getAs('localhost', '/quota')).toBe(200);
  });

  test('an edit of the folder is pushed', async () => {
    const { connect } = await start();
    const client = connect();
    client.report('paymesh', ID, 1);
    await eventually(() => expect(client.actions).toHaveLength(1));
    await writeFile(join(dir, 'mesh.yaml'), limitedMesh('20/s').replace('rate: 100/m', 'rate: 0/m'));
    await eventually(() =>
      expect(client.actions.at(-1)).toMatchObject({
        bucketAction: { value: { rateLimitStrategy: { strategy: { case: 'blanketRule', value: 1 } } } },
      }),
    );
  });

  test('an override of a tenant is pushed to the proxies that have its bucket, and so is its end', async () => {
    const { connect, override } = await start();
    const id = (principal: string) => ({ ...ID, limit: 'burst', principal, 'header.x-shop': 's' });
    const [client, other] = [connect(), connect()];
    client.report('paymesh', id('m'), 1);
    other.report('paymesh', id('n'), 1);
    const told = (who: RlqsClient) =>
      who.actions.map(({ bucketAction }) => {
        if (bucketAction.case !== 'quotaAssignmentAction') return bucketAction.case;
        const strategy = bucketAction.value.rateLimitStrategy?.strategy;
        return strategy?.case === 'tokenBucket' ? strategy.value.tokensPerFill : strategy?.case;
      });
    await eventually(() => expect([told(client), told(other)]).toEqual([[20], [20]]));
    const target = {
      domain: 'paymesh',
      label: 'pay/per-merchant/burst',
      entries: [{ key: 'principal', value: 'm' }],
    };
    expect((await override('PUT', { ...target, requests: 7 })).status).toBe(200);
    await eventually(() => expect(told(client)).toEqual([20, 7]));
    expect((await override('DELETE', target)).status).toBe(200);
    await eventually(() => expect(told(client)).toEqual([20, 7, 20]));
    expect(told(other)).toEqual([20]);
  });

  test('what has no limit may pass; what is no bucket is abandoned', async () => {
    const { connect } = await start();
    const client = connect();
    client.report('elsewhere', { a: 'b' }, 1);
    client.report('elsewhere', {}, 1);
    await eventually(() => expect(client.actions).toHaveLength(2));
    expect(client.actions).toMatchObject([
      { bucketAction: { value: { rateLimitStrategy: { strategy: { case: 'blanketRule', value: 0 } } } } },
      { bucketAction: { case: 'abandonAction' } },
    ]);
  });

  test('a stream without a domain ends with INVALID_ARGUMENT', async () => {
    const { connect } = await start();
    const client = connect();
    client.report('', ID, 1);
    await eventually(() => expect(client.ended()).toBe(3));
  });
});
