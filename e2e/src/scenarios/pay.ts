import { randomUUID } from 'node:crypto';

import {
  allBalanced,
  createExpectations,
  type Expectations,
  type Scenario,
  type ScenarioMesh,
  until,
} from '../harness/index.ts';

/** The good case, and what an Idempotency-Key promises. */
export const pay: Scenario = {
  name: 'pay',
  summary: 'a signed payment succeeds once, is found again, and makes a balanced pair in the ledger',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const idempotencyKey = randomUUID();
    const first = await merchant.pay({ idempotencyKey });
    const id = String(first.body['id']);
    expect(first.status === 201, `create answered ${first.status}, not 201: ${JSON.stringify(first.body)}`);
    expect(first.body['state'] === 'succeeded', `state is ${String(first.body['state'])}`);
    measure('createMs', first.ms);

    const again = await merchant.pay({ idempotencyKey });
    expect(
      again.status === 201 && again.body['id'] === id,
      'the same key and body did not give the first answer',
    );
    const other = await merchant.pay({ idempotencyKey, minor: 5 });
    expect(other.status === 422, `the same key with another body answered ${other.status}, not 422`);

    const found = await merchant.get(`/v1/payments/${id}`);
    expect(found.status === 200 && found.body['state'] === 'succeeded', `query answered ${found.status}`);
    measure('queryMs', found.ms);
    const alias = await merchant.pay({ path: '/payment/create' });
    expect(alias.status === 201, `/payment/create answered ${alias.status}`);
    const aliasFound = await merchant.get(`/payment/query?id=${String(alias.body['id'])}`);
    expect(aliasFound.status === 200, `/payment/query answered ${aliasFound.status}`);

    await payOnce(mesh, expect);
    await payOrders(mesh, expect);
    const rotated = await mesh.merchant('merchant-a-2025').pay();
    expect(rotated.status === 201, `the older of two valid keys answered ${rotated.status}`);
    expect(
      await allBalanced(mesh, [id, String(alias.body['id'])]),
      'a payment has no balanced pair of entries',
    );
    const imbalance = await mesh.observe.imbalance();
    expect(imbalance === 0, `the ledger is out of balance by ${imbalance}`);
    measure('imbalanceMinor', imbalance);
    return verdict();
  },
};

/** Longer than a second try waits before it is told that the first is running, in milliseconds. */
const CHARGE_DELAY_MS = 1_500;

/** A second try while the first is at work. */
async function payOnce(mesh: ScenarioMesh, expect: Expectations['expect']): Promise<void> {
  const merchant = mesh.merchant('merchant-a-2026');
  const idempotencyKey = randomUUID();
  const seen = async (): Promise<number> =>
    (await mesh.observe.charges('psp-wechat')).reduce((sum, { received }) => sum + received, 0);
  const before = await seen();
  await mesh.observe.behave('psp-wechat', { delayMs: CHARGE_DELAY_MS });
  const first = merchant.pay({ idempotencyKey });
  try {
    await until(async () => ((await seen()) > before ? true : undefined), CHARGE_DELAY_MS);
    const second = await merchant.pay({ idempotencyKey });
    expect(
      second.status === 409 && second.body['code'] === 'PAYMENT_RUNNING',
      `a second try while the first ran answered ${second.status} ${String(second.body['code'])}`,
    );
    const { status } = await first;
    expect(status === 201, `the first of two tries answered ${status}`);
    expect((await seen()) === before + 1, 'two tries made more than one charge');
  } finally {
    await mesh.observe.behave('psp-wechat', {});
  }
}

/** From the edge to orders, and on through its own sidecar to payments. */
async function payOrders(mesh: ScenarioMesh, expect: Expectations['expect']): Promise<void> {
  const merchant = mesh.merchant('merchant-a-2026');
  const key = randomUUID();
  const order = (minor: number): ReturnType<typeof merchant.send> =>
    merchant.send(
      merchant.sign({
        method: 'POST',
        path: '/v1/orders',
        body: JSON.stringify({ amount: { minor, currency: 'CNY' } }),
        headers: { 'idempotency-key': key },
      }),
    );
  const first = await order(1_999);
  const { id, paymentId, state } = first.body;
  expect(
    first.status === 201 && state === 'paid',
    `an order answered ${first.status}: ${JSON.stringify(first.body)}`,
  );
  const again = await order(1_999);
  expect(again.body['paymentId'] === paymentId, 'the same order was paid by another payment');
  const other = await order(5);
  expect(other.status === 422, `the key of an order with another body answered ${other.status}, not 422`);
  const found = await merchant.get(`/v1/orders/${String(id)}`);
  expect(found.status === 200 && found.body['state'] === 'paid', `order query answered ${found.status}`);
  const payment = await merchant.get(`/v1/payments/${String(paymentId)}`);
  expect(
    payment.body['merchantId'] === 'merchant-a',
    `the payment of an order belongs to ${String(payment.body['merchantId'])}`,
  );
  expect(await allBalanced(mesh, [String(paymentId)]), 'an order has no balanced pair of entries');
}
