import { createHash } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { startTestMesh, type TestMesh } from './testing/test-mesh.ts';

let mesh: TestMesh;

beforeEach(async () => {
  mesh = await startTestMesh();
});

afterEach(() => mesh.stop());

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

const BODY = { merchantId: 'm-1', orderId: 'o-1', amount: { minor: 1234, currency: 'CNY' } };

async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text) as Record<string, unknown>,
  };
}

function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

function pay(instance: number, key: string, body: unknown = BODY, path = '/v1/payments'): Promise<Answer> {
  return post(`${mesh.payments[instance]?.url}${path}`, body, { 'idempotency-key': key });
}

function payment(id: unknown, instance = 0): Promise<Answer> {
  return send(`${mesh.payments[instance]?.url}/v1/payments/${String(id)}`);
}

async function charges(provider: 'psp-wechat' | 'psp-alipay'): Promise<unknown> {
  return (await send(`${mesh.urls[provider]}/admin/charges`)).body['charges'];
}

function behave(provider: 'psp-wechat' | 'psp-alipay', behaviour: unknown): Promise<Answer> {
  return post(`${mesh.urls[provider]}/admin/behaviour`, behaviour);
}

async function audit(): Promise<unknown> {
  return (await send(`${mesh.urls.ledger}/v1/audit`)).body;
}

describe('a payment through all services', () => {
  test('is charged once, booked as a balanced pair, and tells who served', async () => {
    const answer = await pay(0, 'k-1');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ state: 'succeeded', provider: 'psp-wechat', amount: BODY.amount });
    expect(answer.headers.get('x-instance')).toBe('payments-1');
    const { id } = answer.body;
    expect(await charges('psp-wechat')).toEqual([{ outTradeNo: id, received: 1, charged: 1 }]);
    expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
    expect((await payment(id, 1)).body).toEqual(answer.body);
    expect((await send(`${mesh.payments[2]?.url}/payment/query?id=${String(id)}`)).body).toEqual(answer.body);
  });

  test('is replayed word for word on another instance and under the alias', async () => {
    const first = await pay(0, 'k-1');
    const again = await pay(1, 'k-1', BODY, '/payment/create');
    expect(again.text).toBe(first.text);
    expect(again.status).toBe(201);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(await audit()).toMatchObject({ payments: 1 });
  });

  test('is not paid again under a used key with another body: 422', async () => {
    await pay(0, 'k-1');
    const other = await pay(1, 'k-1', { ...BODY, orderId: 'o-2' });
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  test('answers 409 while a living instance works under the key', async () => {
    await behave('psp-wechat', { delayMs: 400 });
    const first = pay(0, 'k-1');
    await eventually(async () => expect(await charges('psp-wechat')).toHaveLength(1));
    expect((await pay(1, 'k-1')).status).toBe(409);
    expect((await first).status).toBe(201);
    expect(await charges('psp-wechat')).toEqual([expect.objectContaining({ received: 1 })]);
  });

  test('is paid once however many tries come at the same time', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => pay(index % 3, 'k-1')));
    for (const { status } of answers) expect([201, 409]).toContain(status);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect(await charges('psp-wechat')).toEqual([expect.objectContaining({ received: 1, charged: 1 })]);
    expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
  });

  test.each([
    ['no key', '', BODY, 400],
    ['no order', 'k', { ...BODY, orderId: undefined }, 400],
    ['no merchant', 'k', { ...BODY, merchantId: undefined }, 400],
    ['a fraction', 'k', { ...BODY, amount: { minor: 1.5, currency: 'CNY' } }, 400],
    ['an unknown channel', 'k', { ...BODY, channel: 'cash' }, 400],
    ['a blocked merchant', 'k', { ...BODY, merchantId: 'm-blocked' }, 402],
  ])('is refused with %s, and nothing is charged', async (_name, key, body, status) => {
    const answer = await pay(0, key, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await charges('psp-wechat')).toEqual([]);
  });

  test('belongs to the merchant that the mesh verified', async () => {
    const url = `${mesh.payments[0]?.url}/v1/payments`;
    const answer = await post(url, BODY, { 'idempotency-key': 'k', 'x-paymesh-principal': 'merchant-a' });
    expect(answer.body).toMatchObject({ merchantId: 'merchant-a' });
    const other = { headers: { 'x-paymesh-principal': 'merchant-b' } };
    expect((await send(`${url}/${String(answer.body['id'])}`, other)).status).toBe(404);
  });
});

describe('when a provider misbehaves', () => {
  test('a dropped answer is unknown first, then found, booked, and never charged again', async () => {
    await behave('psp-wechat', { dropAfterCommit: true });
    const answer = await pay(0, 'k-1');
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ state: 'unknown', provider: null });
    const { id } = answer.body;
    await eventually(async () => expect((await payment(id)).body).toMatchObject({ state: 'succeeded' }));
    expect(await charges('psp-wechat')).toEqual([{ outTradeNo: id, received: 1, charged: 1 }]);
    expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
    expect((await pay(1, 'k-1')).text).toBe(answer.text);
  });

  test('an answer after the timeout is unknown, and settled by a query', async () => {
    await behave('psp-wechat', { delayMs: 900 });
    const answer = await pay(0, 'k-1');
    expect(answer.body).toMatchObject({ state: 'unknown' });
    const after = await payment(answer.body['id'], 1);
    expect(after.body).toMatchObject({ state: 'succeeded', provider: 'psp-wechat' });
  });

  test('an error before the charge fails only once no charge can be in flight', async () => {
    await behave('psp-wechat', { errorPercent: 100, errorStatus: 502 });
    const { body } = await pay(0, 'k-1');
    expect(body).toMatchObject({ state: 'unknown' });
    expect((await payment(body['id'])).body).toMatchObject({ state: 'unknown' });
    await eventually(async () => expect((await payment(body['id'])).body).toMatchObject({ state: 'failed' }));
    expect(await audit()).toMatchObject({ payments: 0 });
  });

  test('a provider that cannot be reached is failed over by the mesh, and the answer says so', async () => {
    mesh.router.ports.set('psp-wechat.psp', 0);
    mesh.router.failover.set('psp-wechat.psp', 'psp-alipay.psp');
    expect((await pay(0, 'k-1')).body).toMatchObject({ state: 'succeeded', provider: 'psp-alipay' });
  });

  test('with no provider reachable nothing was sent: 503, and the same key works later', async () => {
    const port = mesh.router.ports.get('psp-wechat.psp') ?? 0;
    mesh.router.ports.set('psp-wechat.psp', 0);
    const down = await pay(0, 'k-1');
    expect(down.status).toBe(503);
    expect(down.body).toMatchObject({ code: 'PSP_UNAVAILABLE' });
    mesh.router.ports.set('psp-wechat.psp', port);
    expect((await pay(1, 'k-1')).status).toBe(201);
  });

  test('"not found" from another provider than the one asked does not count', async () => {
    await behave('psp-wechat', { dropAfterCommit: true });
    const wechat = mesh.router.ports.get('psp-wechat.psp') ?? 0;
    const { body } = await pay(0, 'k-1');
    mesh.router.ports.set('psp-wechat.psp', mesh.router.ports.get('psp-alipay.psp') ?? 0);
    const sentAt = performance.now();
    await eventually(async () => {
      expect((await payment(body['id'])).body).toMatchObject({ state: 'unknown' });
      // Past the time after which "not found" everywhere would have made it fail.
      expect(performance.now() - sentAt).toBeGreaterThan(800);
    });
    mesh.router.ports.set('psp-wechat.psp', wechat);
    await eventually(async () =>
      expect((await payment(body['id'])).body).toMatchObject({ state: 'succeeded' }),
    );
  });
});

describe('when another service is away', () => {
  test('without the ledger the payment stays authorised, and is booked when it is back', async () => {
    const port = mesh.router.ports.get('ledger.pay') ?? 0;
    mesh.router.ports.set('ledger.pay', 0);
    const answer = await pay(0, 'k-1');
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ state: 'authorised', provider: 'psp-wechat' });
    mesh.router.ports.set('ledger.pay', port);
    await eventually(async () =>
      expect((await payment(answer.body['id'])).body).toMatchObject({ state: 'succeeded' }),
    );
    expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
  });

  test('without the risk service nothing is charged, and the key is free', async () => {
    const port = mesh.router.ports.get('risk.pay') ?? 0;
    mesh.router.ports.set('risk.pay', 0);
    expect((await pay(0, 'k-1')).body).toMatchObject({ status: 503, code: 'RISK_UNAVAILABLE' });
    mesh.router.ports.set('risk.pay', port);
    expect((await pay(0, 'k-1')).status).toBe(201);
  });
});

describe('when an instance is killed', () => {
  test('while the provider works, a retry on another instance gets the answer of the one charge', async () => {
    await behave('psp-wechat', { delayMs: 300 });
    const lost = pay(0, 'k-1').catch(() => 'connection lost');
    await eventually(async () => expect(await charges('psp-wechat')).toHaveLength(1));
    mesh.payments[0]?.kill();
    expect(await lost).toBe('connection lost');
    const answer = await pay(1, 'k-1');
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({ state: 'succeeded' });
    expect(answer.headers.get('x-instance')).toBe('payments-2');
    expect(await charges('psp-wechat')).toEqual([expect.objectContaining({ received: 1, charged: 1 })]);
    expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
  });

  test('and nobody retries, the resolver books what was charged', async () => {
    await behave('psp-wechat', { delayMs: 300 });
    const lost = pay(0, 'k-1').catch(() => 'connection lost');
    await eventually(async () => expect(await charges('psp-wechat')).toHaveLength(1));
    mesh.payments[0]?.kill();
    await lost;
    await eventually(async () =>
      expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 }),
    );
    expect((await pay(2, 'k-1')).body).toMatchObject({ state: 'succeeded' });
  });
});

describe('a charge that was on its way when its instance died', () => {
  test('is not a second one when the mesh takes it to the other provider', async () => {
    const held = mesh.router.holdNextCharge();
    const lost = pay(0, 'k-1').catch(() => 'connection lost');
    await held.arrived;
    mesh.payments[0]?.kill();
    await lost;
    expect((await pay(1, 'k-1')).body).toMatchObject({ state: 'succeeded', provider: 'psp-wechat' });
    expect(await held.deliverTo('psp-alipay.psp')).toBe(409);
    expect(await charges('psp-alipay')).toEqual([expect.objectContaining({ received: 1, charged: 0 })]);
    expect(await audit()).toEqual({ payments: 1, entries: 2, imbalanceMinor: 0 });
  });

  test('is not a second one when it comes to the same provider', async () => {
    const held = mesh.router.holdNextCharge();
    const lost = pay(0, 'k-1').catch(() => 'connection lost');
    await held.arrived;
    mesh.payments[0]?.kill();
    await lost;
    const { body } = await pay(1, 'k-1');
    expect(await held.deliverTo('psp-wechat.psp')).toBe(200);
    expect(await charges('psp-wechat')).toEqual([{ outTradeNo: body['id'], received: 2, charged: 1 }]);
  });

  test.each(['psp-wechat.psp', 'psp-alipay.psp'])('does not charge a failed payment at %s', async (host) => {
    const held = mesh.router.holdNextCharge();
    const answer = await pay(0, 'k-1');
    expect(answer.body).toMatchObject({ state: 'unknown' });
    await eventually(async () =>
      expect((await payment(answer.body['id'])).body).toMatchObject({ state: 'failed' }),
    );
    expect(await held.deliverTo(host)).toBe(409);
    expect(await audit()).toMatchObject({ payments: 0 });
  });
});

describe('orders', () => {
  const ORDER = { merchantId: 'm-1', amount: { minor: 500, currency: 'CNY' } };

  test('an order is paid once, and replayed', async () => {
    const url = `${mesh.urls.orders}/v1/orders`;
    const first = await post(url, ORDER, { 'idempotency-key': 'o-1' });
    expect(first.status).toBe(201);
    expect(first.body).toMatchObject({ state: 'paid', provider: 'psp-wechat' });
    const again = await post(url, ORDER, { 'idempotency-key': 'o-1' });
    expect(again.text).toBe(first.text);
    expect((await send(`${url}/${String(first.body['id'])}`)).body).toEqual(first.body);
    expect(await audit()).toMatchObject({ payments: 1 });
  });

  test('a key is not good for another order either once orders have forgotten the first', async () => {
    const key = `ord_${createHash('sha256').update('m-1\no-1').digest('hex').slice(0, 32)}`;
    const { merchantId, amount } = ORDER;
    await pay(0, key, { merchantId, orderId: key, amount, channel: 'wechat' });
    const url = `${mesh.urls.orders}/v1/orders`;
    const body = { ...ORDER, amount: { minor: 501, currency: 'CNY' } };
    expect(await post(url, body, { 'idempotency-key': 'o-1' })).toMatchObject({
      status: 422,
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    });
    expect((await post(url, ORDER, { 'idempotency-key': 'o-1' })).status).toBe(201);
  });

  test('an order whose payment is open is paid once the payment is', async () => {
    await behave('psp-wechat', { dropAfterCommit: true });
    const url = `${mesh.urls.orders}/v1/orders`;
    const first = await post(url, ORDER, { 'idempotency-key': 'o-1' });
    expect(first.body).toMatchObject({ state: 'payment_open' });
    await eventually(async () =>
      expect((await send(`${url}/${String(first.body['id'])}`)).body).toMatchObject({ state: 'paid' }),
    );
  });
});
