import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@paymesh/common/log';
import { createFakeClock, type FakeClock } from '@paymesh/common/testing';
import type { OutboundClient } from '@paymesh/sample-kit';

import type { PaymentStore } from './payment-store.ts';
import { createResolver, type Resolver } from './resolver.ts';
import { openPaymentStore } from './sqlite-payment-store.ts';

let folder: string;
let clock: FakeClock;
let store: PaymentStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paymesh-resolver-'));
  clock = createFakeClock();
  store = openPaymentStore({ path: join(folder, 'payments.db'), owner: 'one', clock });
  const amount = { minor: 100, currency: 'CNY' };
  const draft = {
    id: 'pay_1',
    principal: 'm-1',
    orderId: 'o',
    payerId: 'o',
    amount,
    channel: 'wechat',
  } as const;
  const scope = { principal: 'm-1', route: 'create', key: 'k' };
  await store.begin({ scope, fingerprint: 'f', draft });
  const answer = { status: 202, text: '{}' };
  await store.settle('pay_1', { to: 'unknown', nextTryAt: clock.now(), answer: () => answer });
});

afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

/** Providers that have no charge. */
const outbound: OutboundClient = {
  call: async ({ service, path, method }) => {
    const provider = service.replace('.psp', '');
    return method === 'GET'
      ? { kind: 'answer', status: 404, body: { code: 'NO_SUCH_CHARGE', provider } }
      : { kind: 'answer', status: 200, body: { provider, outTradeNo: path.split('/')[3], state: 'closed' } };
  },
  close: async () => undefined,
};

function resolver(change: Partial<PaymentStore> = {}): Resolver {
  const log = createLogger({ service: 'test', level: 'silent' });
  return createResolver({ store: { ...store, ...change }, outbound, clock, log, inFlightMs: 20_000 });
}

test('a payment that it could not settle is taken up again', async () => {
  clock.advance(30_000);
  await store.renewLease();
  await resolver({ settle: () => Promise.reject(new Error('the file is locked')) }).runOnce();
  expect(await store.find('pay_1')).toMatchObject({ state: 'unknown' });
  await store.renewLease();
  expect(await resolver().runOnce()).toBe(1);
  expect(await store.find('pay_1')).toMatchObject({ state: 'failed', reason: 'no provider charged it' });
});

test('a payment is open as long as its charge may be in flight', async () => {
  clock.advance(20_000);
  await store.renewLease();
  expect(await resolver().runOnce()).toBe(0);
  expect(await store.find('pay_1')).toMatchObject({
    state: 'unknown',
    reason: 'a charge may still be in flight',
  });
});
