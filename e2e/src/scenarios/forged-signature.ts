import { randomBytes, randomUUID } from 'node:crypto';

import { createExpectations, type Merchant, type Scenario, type WireRequest } from '../harness/index.ts';

/** Every way of changing a request after it was signed. */
export const forgedSignature: Scenario = {
  name: 'forged-signature',
  summary: 'wrong key, altered body, altered path and altered query get 401; the upstream sees nothing',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const reached = (): Promise<number> => mesh.observe.routed('charge', 'payment-query');
    const { genuine, ...forged } = forgeries(merchant);
    let passed = 0;
    for (const [name, request] of Object.entries(forged)) {
      const before = await reached();
      const { status, body, ms } = await merchant.send(request);
      expect(status === 401, `${name}: answered ${status}, not 401`);
      expect(typeof body['code'] === 'string', `${name}: the answer has no code`);
      expect(typeof body['request_id'] === 'string', `${name}: the answer has no request id`);
      measure(`${name}Ms`, ms);
      const seen = (await reached()) - before;
      expect(seen === 0, `${name}: the upstream saw it`);
      passed += seen;
    }
    measure('reachedUpstream', passed);
    // None of them has used up the nonce, and nothing but the forging was wrong with them.
    const { status } = await merchant.send(genuine);
    expect(status === 201, `the request that was forged answered ${status} as it was signed`);
    return verdict();
  },
};

function forgeries(
  merchant: Merchant,
): Readonly<Record<string, WireRequest>> & { readonly genuine: WireRequest } {
  const body = JSON.stringify({ orderId: 'o-forged', amount: { minor: 100, currency: 'CNY' } });
  const headers = { 'idempotency-key': randomUUID() };
  const payment = merchant.sign({ method: 'POST', path: '/v1/payments', body, headers });
  const query = merchant.sign({ method: 'GET', path: '/payment/query?id=one', body: '' });
  const unsigned: WireRequest = { method: 'POST', path: '/v1/payments', body, headers };
  return {
    genuine: payment,
    unsigned,
    wrongKey: merchant.sign(
      { method: 'POST', path: '/v1/payments', body, headers },
      { secret: randomBytes(32) },
    ),
    unknownKey: { ...payment, headers: { ...payment.headers, 'x-key-id': 'nobody' } },
    alteredBody: { ...payment, body: body.replace('100', '999') },
    alteredPath: { ...payment, path: '/payment/create' },
    alteredNonce: { ...payment, headers: { ...payment.headers, 'x-nonce': randomBytes(16).toString('hex') } },
    alteredQuery: { ...query, path: '/payment/query?id=two' },
    forgedPrincipal: { ...unsigned, headers: { ...headers, 'x-paymesh-principal': 'merchant-a' } },
  };
}
