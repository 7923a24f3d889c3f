import { randomUUID } from 'node:crypto';

import { createExpectations, type Scenario } from '../harness/index.ts';

/** The same signed bytes a second time. */
export const replay: Scenario = {
  name: 'replay',
  summary: 'a request sent twice is refused the second time with 409; of fifty at once, one passes',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const sign = (): ReturnType<typeof merchant.sign> =>
      merchant.sign({
        method: 'POST',
        path: '/v1/payments',
        body: JSON.stringify({ orderId: 'o-replay', amount: { minor: 100, currency: 'CNY' } }),
        headers: { 'idempotency-key': randomUUID() },
      });
    const request = sign();
    const first = await merchant.send(request);
    const second = await merchant.send(request);
    expect(first.status === 201, `the first answered ${first.status}, not 201`);
    expect(second.status === 409, `the second answered ${second.status}, not 409`);
    expect(second.body['code'] === 'replayed_nonce', `the code is ${String(second.body['code'])}`);

    const reached = (): Promise<number> => mesh.observe.routed('charge', 'payment-query');
    const before = await reached();
    const raced = sign();
    const answers = await Promise.all(Array.from({ length: 50 }, () => merchant.send(raced)));
    const passed = answers.filter(({ status }) => status === 201).length;
    const refused = answers.filter(({ status }) => status === 409).length;
    expect(passed === 1, `${passed} of fifty at once passed`);
    expect(refused === 49, `${refused} of fifty at once were refused with 409`);
    measure('passedOfFifty', passed);
    const seen = (await reached()) - before;
    expect(seen === 1, `of fifty at once the upstream saw ${seen}`);
    return verdict();
  },
};
