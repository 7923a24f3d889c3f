import { randomUUID } from 'node:crypto';

import { createExpectations, type Scenario } from '../harness/index.ts';

/** Requests signed too long ago, or not yet. */
export const staleTimestamp: Scenario = {
  name: 'stale-timestamp',
  summary: 'a request signed ten minutes ago, or ten minutes ahead, gets 401; one four minutes old passes',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const signedAt = async (shiftSeconds: number): Promise<number> => {
      const request = merchant.sign(
        {
          method: 'POST',
          path: '/v1/payments',
          body: JSON.stringify({ orderId: 'o-stale', amount: { minor: 100, currency: 'CNY' } }),
          headers: { 'idempotency-key': randomUUID() },
        },
        { shiftSeconds },
      );
      return (await merchant.send(request)).status;
    };
    const reached = (): Promise<number> => mesh.observe.routed('charge', 'payment-query');
    const before = await reached();
    for (const [name, shift, wanted] of [
      ['old', -600, 401],
      ['future', 600, 401],
      ['within', -240, 201],
    ] as const) {
      const status = await signedAt(shift);
      measure(name, status);
      expect(status === wanted, `signed ${shift} s from now: ${status}, not ${wanted}`);
    }
    const seen = (await reached()) - before;
    expect(seen === 1, `the upstream saw ${seen} of them, not only the one that is fresh`);
    return verdict();
  },
};
