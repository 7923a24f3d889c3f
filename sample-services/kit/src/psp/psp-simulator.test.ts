import { generateKeyPairSync } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock, eventually } from '@paymesh/common/testing';
import { createSigner, loadPrivateKey } from '@paymesh/ext-authz/client';
import type { FastifyInstance } from 'fastify';

import { serve, type TestAnswer, type TestClient } from '../testing/serve.ts';
import { buildPspSimulator } from './psp-simulator.ts';

const pem = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const key = loadPrivateKey({ id: 'PUB_KEY_ID_1', algorithm: 'rsa-v1_5-sha256', pem });

let app: FastifyInstance;
let client: TestClient;

/** Charges of which the merchant was told. */
let told: string[];

beforeEach(async () => {
  told = [];
  app = buildPspSimulator({
    provider: 'psp-test',
    instance: 'psp-test-1',
    log: createLogger({ service: 'test', level: 'silent' }),
    clock: createFakeClock(),
    tradeId: (sequence) => `t-${sequence}`,
    describe: ({ tradeId }) => ({ trade_no: tradeId }),
    notify: {
      url: 'http://127.0.0.1:1/notify',
      signer: createSigner({ scheme: 'wechatpay', message: 'callback', key }),
      bodyOf: ({ outTradeNo }) => {
        told.push(outTradeNo);
        return {};
      },
      isTaken: () => true,
    },
  });
  client = await serve(app);
});

afterEach(() => app.close());

const CHARGE = { outTradeNo: 'p-1', amount: { minor: 100, currency: 'CNY' } };

function post(url: string, body: object): Promise<TestAnswer> {
  return client.post(url, body);
}

describe('charges', () => {
  test('are made once for an outTradeNo, and every create is counted', async () => {
    const first = await post('/v1/charges', CHARGE);
    const again = await post('/v1/charges', CHARGE);
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(first.body).toEqual({
      ...CHARGE,
      provider: 'psp-test',
      tradeId: 't-1',
      state: 'charged',
      trade_no: 't-1',
    });
    expect(again.body).toEqual(first.body);
    expect((await client.get('/v1/charges/p-1')).body).toEqual(first.body);
    expect((await client.get('/admin/charges')).body).toEqual({
      charges: [{ outTradeNo: 'p-1', received: 2, charged: 1 }],
      duplicates: 1,
    });
    expect(first.headers.get('x-provider')).toBe('psp-test');
  });

  test('of another amount under the same outTradeNo are refused', async () => {
    await post('/v1/charges', CHARGE);
    const other = await post('/v1/charges', { ...CHARGE, amount: { minor: 101, currency: 'CNY' } });
    expect(other.body).toMatchObject({ status: 409, code: 'CHARGE_CONFLICT' });
  });

  test.each([[{}], [{ outTradeNo: 'p-1' }], [{ ...CHARGE, outTradeNo: 'a b' }], [[]]])(
    'refuse %j',
    async (body) => {
      expect((await post('/v1/charges', body)).status).toBe(400);
    },
  );

  test('that nobody made are not found, in the name of the provider', async () => {
    const answer = await client.get('/v1/charges/p-9');
    expect(answer.body).toMatchObject({ status: 404, code: 'NO_SUCH_CHARGE', provider: 'psp-test' });
  });
});

describe('behaviour', () => {
  test('an error before the charge charges nothing, but counts', async () => {
    await post('/admin/behaviour', { errorPercent: 100, errorStatus: 502 });
    expect((await post('/v1/charges', CHARGE)).status).toBe(502);
    expect((await client.get('/v1/charges/p-1')).status).toBe(404);
    expect((await client.get('/admin/charges')).body).toMatchObject({
      charges: [{ outTradeNo: 'p-1', received: 1, charged: 0 }],
    });
  });

  test('an error after the charge has charged', async () => {
    await post('/admin/behaviour', { errorPercent: 100, errorAfterCommit: true });
    expect((await post('/v1/charges', CHARGE)).status).toBe(503);
    expect((await client.get('/v1/charges/p-1')).status).toBe(200);
  });

  test('the merchant is told nothing of some', async () => {
    await post('/admin/behaviour', { unnotifiedPercent: 100 });
    await post('/v1/charges', CHARGE);
    await post('/admin/behaviour', {});
    await post('/v1/charges', { ...CHARGE, outTradeNo: 'p-2' });
    await eventually(async () => expect(told).toEqual(['p-2']));
  });

  test('queries have errors of their own, until behaviour is good again', async () => {
    await post('/v1/charges', CHARGE);
    await post('/admin/behaviour', { queryErrorPercent: 100 });
    expect((await client.get('/v1/charges/p-1')).status).toBe(503);
    await post('/admin/behaviour', {});
    expect((await client.get('/v1/charges/p-1')).status).toBe(200);
  });

  test('a reset forgets charges and behaviour', async () => {
    await post('/v1/charges', CHARGE);
    await post('/admin/behaviour', { errorPercent: 100 });
    await post('/admin/reset', {});
    expect((await client.get('/admin/charges')).body).toEqual({ charges: [], duplicates: 0 });
    expect((await post('/v1/charges', CHARGE)).status).toBe(201);
  });

  test('what is not understood changes nothing', async () => {
    expect((await post('/admin/behaviour', { slow: true })).status).toBe(400);
    expect((await client.get('/admin/behaviour')).body).toMatchObject({ delayMs: 0, errorPercent: 0 });
  });
});

describe('closing', () => {
  const close = (outTradeNo = 'p-1'): Promise<TestAnswer> => post(`/v1/charges/${outTradeNo}/close`, {});

  test('what was not charged can never be', async () => {
    const state = { provider: 'psp-test', outTradeNo: 'p-1', state: 'closed' };
    expect((await close()).body).toEqual(state);
    expect((await close()).body).toEqual(state);
    const late = await post('/v1/charges', CHARGE);
    expect(late.status).toBe(409);
    expect(late.body).toMatchObject({ code: 'CHARGE_CLOSED', provider: 'psp-test' });
    expect((await client.get('/v1/charges/p-1')).body).toMatchObject({ code: 'NO_SUCH_CHARGE' });
    expect((await client.get('/admin/charges')).body).toMatchObject({
      charges: [{ received: 1, charged: 0 }],
    });
  });

  test('what was charged stays so, and is told', async () => {
    const made = await post('/v1/charges', CHARGE);
    expect((await close()).body).toEqual(made.body);
    expect((await post('/v1/charges', CHARGE)).status).toBe(200);
  });

  test('has the errors of queries', async () => {
    await post('/admin/behaviour', { queryErrorPercent: 100 });
    expect((await close()).status).toBe(503);
    await post('/admin/behaviour', {});
    expect((await post('/v1/charges', CHARGE)).status).toBe(201);
  });

  test('refuses a name that no charge can have', async () => {
    expect((await close('%20')).status).toBe(400);
  });
});

describe('refunds', () => {
  const refund = (refundNo: string, minor: number): Promise<TestAnswer> =>
    post('/v1/refunds', { outTradeNo: 'p-1', refundNo, amount: { minor, currency: 'CNY' } });

  test('add up to at most the charge, each number once', async () => {
    await post('/v1/charges', CHARGE);
    expect((await refund('r-1', 60)).body).toMatchObject({ refundedMinor: 60 });
    expect((await refund('r-1', 60)).body).toMatchObject({ refundedMinor: 60 });
    expect((await refund('r-1', 61)).status).toBe(409);
    expect((await refund('r-2', 41)).status).toBe(422);
    expect((await refund('r-2', 40)).body).toMatchObject({ refundedMinor: 100 });
  });

  test('need a charge', async () => {
    expect((await refund('r-1', 1)).status).toBe(404);
  });
});
