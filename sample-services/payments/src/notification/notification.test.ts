import { createCipheriv } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { Secret } from '@paymesh/common/secret';
import { createFakeClock, type FakeClock } from '@paymesh/common/testing';
import type { OutboundClient, Outcome } from '@paymesh/sample-kit';
import type { FastifyInstance } from 'fastify';

import { buildPayments, createResolver, openPaymentStore, type PaymentStore } from '../index.ts';

const KEY = '0123456789abcdef0123456789abcdef';
const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const AMOUNT = { minor: 100, currency: 'CNY' };
const CHARGE = {
  provider: 'psp-wechat',
  outTradeNo: 'pay_1',
  tradeId: 't-1',
  state: 'charged',
  amount: AMOUNT,
};

let folder: string;
let clock: FakeClock;
let store: PaymentStore;
let app: FastifyInstance;
let url: string;
/** What psp-wechat answers to a query. */
let found: Outcome;
let asked: string[];

const outbound: OutboundClient = {
  call: async ({ service, method, path }) => {
    asked.push(`${method} ${service}${path}`);
    return service === 'ledger.pay' ? { kind: 'answer', status: 200, body: {} } : found;
  },
  close: async () => undefined,
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-notification-'));
  clock = createFakeClock();
  store = openPaymentStore({ path: join(folder, 'payments.db'), owner: 'one', clock });
  found = { kind: 'answer', status: 200, body: CHARGE };
  asked = [];
  const log = createLogger({ service: 'test', level: 'silent' });
  const options = { instance: 'p-1', log, clock, store, outbound, inFlightMs: 20_000 };
  app = buildPayments({
    ...options,
    resolver: createResolver(options),
    apiV3Key: new Secret(Buffer.from(KEY)),
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  await begin('pay_1');
});

afterEach(async () => {
  await app.close();
  store.close();
  rmSync(folder, { recursive: true });
});

async function begin(id: string): Promise<void> {
  const draft = {
    id,
    principal: 'm-1',
    orderId: 'o',
    payerId: 'o',
    amount: AMOUNT,
    channel: 'wechat',
  } as const;
  await store.begin({ scope: { principal: 'm-1', route: 'create', key: id }, fingerprint: 'f', draft });
}

/** Leaves the payment to the resolver, which is not due for an hour. */
async function leaveOpen(id = 'pay_1'): Promise<void> {
  const answer = () => ({ status: 202, text: '{}' });
  await store.settle(id, { to: 'unknown', nextTryAt: clock.now() + 3_600_000, answer });
}

function encrypted(transaction: unknown, key = KEY): object {
  const nonce = 'abcdefabcdef';
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('transaction'));
  const parts = [cipher.update(JSON.stringify(transaction)), cipher.final(), cipher.getAuthTag()];
  const ciphertext = Buffer.concat(parts).toString('base64');
  return { algorithm: 'AEAD_AES_256_GCM', ciphertext, nonce, associated_data: 'transaction' };
}

interface Told {
  readonly status: number;
  readonly text: string;
}

async function post(path: string, type: string, body: string): Promise<Told> {
  const headers = { 'content-type': type };
  const response = await fetch(`${url}${path}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

const wechat = (body: unknown): Promise<Told> =>
  post('/v1/notifications/wechat', 'application/json', JSON.stringify(body));
const alipay = (form: string): Promise<Told> => post('/v1/notifications/alipay', FORM, form);

type Tell = (id: string) => Promise<Told>;

describe.each<[string, Tell, Told, Told]>([
  [
    'WeChat Pay',
    (id) => wechat({ id: 'n', resource: encrypted({ out_trade_no: id, amount: { total: 1 } }) }),
    { status: 204, text: '' },
    { status: 404, text: '{"code":"FAIL","message":"there is no such payment"}' },
  ],
  [
    'Alipay',
    (id) => alipay(`out_trade_no=${id}&total_amount=0.01&trade_status=TRADE_SUCCESS`),
    { status: 200, text: 'success' },
    { status: 404, text: 'fail' },
  ],
])('a notification of %s', (_provider, tell, taken, unknown) => {
  test('settles an open payment at once, by what the provider answers, and only once', async () => {
    await leaveOpen();
    expect(await tell('pay_1')).toEqual(taken);
    expect(await store.find('pay_1')).toMatchObject({ state: 'succeeded', tradeId: 't-1' });
    expect(asked).toEqual(['GET psp-wechat.psp/v1/charges/pay_1', 'POST ledger.pay/v1/entries']);
    expect(await tell('pay_1')).toEqual(taken);
    expect(asked).toHaveLength(2);
  });

  test('moves no money when the provider itself says something else', async () => {
    await leaveOpen();
    found = { kind: 'answer', status: 200, body: { ...CHARGE, amount: { ...AMOUNT, minor: 1 } } };
    expect(await tell('pay_1')).toEqual(taken);
    expect(await store.find('pay_1')).toMatchObject({ state: 'unknown', provider: undefined });
    expect(asked.some((call) => call.includes('ledger'))).toBe(false);
  });

  test('leaves a payment at work to its owner', async () => {
    expect(await tell('pay_1')).toEqual(taken);
    expect(asked).toEqual([]);
    expect(await store.find('pay_1')).toMatchObject({ state: 'created' });
  });

  test('of a payment that nobody knows is not taken', async () => {
    expect(await tell('pay_9')).toEqual(unknown);
  });
});

test.each([
  ['no resource', { id: 'n' }],
  ['another key', { resource: encrypted({ out_trade_no: 'pay_1' }, KEY.toUpperCase()) }],
  ['no out_trade_no', { resource: encrypted({}) }],
  ['a list', { resource: encrypted([]) }],
])('one of WeChat Pay with %s cannot be read', async (_, body) => {
  expect(await wechat(body)).toEqual({
    status: 400,
    text: '{"code":"FAIL","message":"the notification cannot be read"}',
  });
});

test.each(['', 'out_trade_no=', 'out_trade_no=pay_1&out_trade_no=pay_2', 'out_trade_no=a%20b'])(
  'one of Alipay with "%s" cannot be read',
  async (form) => {
    expect(await alipay(form)).toEqual({ status: 400, text: 'fail' });
  },
);

test('forms are for notifications only', async () => {
  expect(await post('/v1/payments', FORM, 'amount=1')).toMatchObject({ status: 415 });
});

test('what came of each is counted', async () => {
  await leaveOpen();
  await alipay('out_trade_no=pay_1');
  await alipay('out_trade_no=pay_1');
  await alipay('');
  const body = await (await fetch(`${url}/metrics`)).text();
  for (const result of ['settled', 'final', 'refused'])
    expect(body).toMatch(
      new RegExp(`payment_notifications_total\\{[^}]*provider="alipay",result="${result}"[^}]*\\} 1`),
    );
});
