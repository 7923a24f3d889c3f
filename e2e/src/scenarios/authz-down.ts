import { randomUUID } from 'node:crypto';

import {
  createExpectations,
  runLoadUntil,
  type Scenario,
  statusCounts,
  until,
  type WireRequest,
} from '../harness/index.ts';

const PER_SECOND = 40;

/** The service that verifies signatures is gone. */
export const authzDown: Scenario = {
  name: 'authz-down',
  summary: 'without ext-authz every call gets 503, nothing passes unsigned, and it heals by itself',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const reached = (): Promise<number> => mesh.observe.routed('charge', 'payment-query');
    const before = await reached();
    const over = new AbortController();
    const flood = runLoadUntil(over.signal, { perSecond: PER_SECOND, send: () => merchant.send(unsigned()) });
    try {
      await mesh.process('ext-authz').kill('SIGKILL');
      const signed = await merchant.pay();
      measure('signed', signed.status);
      expect(signed.status === 503, `a signed write answered ${signed.status}, not 503`);
      expect(String(signed.headers['content-type']).includes('problem+json'), 'the 503 is not problem+json');
    } finally {
      mesh.process('ext-authz').restart();
      await mesh.waitReady('ext-authz');
      over.abort();
    }
    // From before the end of the old one until after the start of the new one.
    const sent = await flood;
    measure('unsigned', statusCounts(sent));
    expect(
      sent.every(({ answer }) => answer.status === 401 || answer.status === 503),
      `unsigned writes answered ${statusCounts(sent)}`,
    );
    expect(
      sent.some(({ answer }) => answer.status === 503),
      'no unsigned write was sent while ext-authz was gone',
    );
    const passed = (await reached()) - before;
    measure('passed', passed);
    expect(passed === 0, `${passed} requests passed without a verified signature`);
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

function unsigned(): WireRequest {
  return {
    method: 'POST',
    path: '/v1/payments',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: '{"orderId":"o-unsigned","amount":{"minor":1,"currency":"CNY"}}',
  };
}
