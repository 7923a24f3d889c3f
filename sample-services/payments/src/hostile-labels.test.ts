import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seriesIn } from '@paymesh/common/testing';

import { startTestMesh, type TestMesh } from './testing/test-mesh.ts';

let mesh: TestMesh;

beforeAll(async () => {
  mesh = await startTestMesh();
});

afterAll(() => mesh.stop());

const REQUESTS = 1_000;
const AT_ONCE = 20;

/** One request to each program, with a text of its own wherever a client can put one. */
async function attack(index: number): Promise<void> {
  const text = `x${index}`;
  const body = {
    merchantId: text,
    orderId: text,
    paymentId: text,
    outTradeNo: text,
    channel: text,
    entries: [{ account: text, direction: text, amount: { minor: 1, currency: 'CNY' } }],
    amount: { minor: 1, currency: index % 2 === 0 ? 'CNY' : text },
  };
  const post = (url: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': text, 'x-paymesh-principal': text },
      body: JSON.stringify(body),
    }).then((response) => response.arrayBuffer());
  const { orders, ledger, risk } = mesh.urls;
  await Promise.all([
    post(`${payments()}/v1/payments`),
    post(`${payments()}/v1/notifications/${text}`),
    post(`${orders}/v1/orders`),
    post(`${ledger}/v1/entries`),
    post(`${risk}/v1/assess`),
    post(`${mesh.urls['psp-wechat']}/v1/charges`),
    post(`${mesh.urls['psp-wechat']}/v1/charges/${text}/close`),
    post(`${mesh.urls['psp-alipay']}/v1/${text}`),
  ]);
}

function payments(): string {
  return mesh.payments[0]?.url ?? '';
}

/** Series of every program, without those of the process: they come and go by themselves. */
async function series(): Promise<Readonly<Record<string, number>>> {
  const urls = { ...mesh.urls, payments: payments() };
  const counts = Object.entries(urls).map(async ([name, url]) => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const own = text.split('\n').filter((line) => !/^(process|nodejs)_/.test(line));
    return [name, seriesIn(own.join('\n'))] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

test('no label of a sample grows with what clients send', async () => {
  for (let index = 0; index < AT_ONCE; index += 1) await attack(index);
  const before = await series();
  for (let index = AT_ONCE; index < REQUESTS; index += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, step) => attack(index + step)));
  }
  expect(await series()).toEqual(before);
  expect(before['payments']).toBeLessThan(100);
}, 120_000);
