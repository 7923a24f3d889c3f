import { randomUUID } from 'node:crypto';

import { createExpectations, type Scenario, until } from '../harness/index.ts';

/** The service that verifies signatures is gone. */
export const authzDown: Scenario = {
  name: 'authz-down',
  summary: 'without ext-authz every call gets 503, nothing passes unsigned, and it heals by itself',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const reached = (): Promise<number> =>
      mesh.observe.envoyStat('edge', 'cluster.pay/payments.upstream_rq_total');
    await mesh.process('ext-authz').kill('SIGKILL');
    const before = await reached();
    try {
      const signed = await merchant.pay();
      const unsigned = await merchant.send({
        method: 'POST',
        path: '/v1/payments',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: '{"orderId":"o-unsigned","amount":{"minor":1,"currency":"CNY"}}',
      });
      measure('signed', signed.status);
      measure('unsigned', unsigned.status);
      expect(signed.status === 503, `a signed write answered ${signed.status}, not 503`);
      expect(unsigned.status === 503, `an unsigned write answered ${unsigned.status}, not 503`);
      expect(String(signed.headers['content-type']).includes('problem+json'), 'the 503 is not problem+json');
      const passed = (await reached()) - before;
      measure('passed', passed);
      expect(passed === 0, `${passed} requests passed without a verified signature`);
    } finally {
      mesh.process('ext-authz').restart();
      await mesh.waitReady('ext-authz');
    }
    const start = performance.now();
    const healed = await until(
      async () => ((await merchant.pay()).status === 201 ? true : undefined),
      15_000,
      100,
    );
    expect(healed === true, 'ext-authz is back, but payments still fail');
    measure('healedMs', performance.now() - start);
    return verdict();
  },
};
