import {
  createExpectations,
  paymentOf,
  runLoad,
  type Scenario,
  statusCounts,
  until,
} from '../harness/index.ts';

/** Twice what merchant-b may send in a second. */
const PER_SECOND = 40;

/** The service that counts is gone. */
export const limiterDown: Scenario = {
  name: 'limiter-down',
  summary:
    'without the rate limiter requests pass, as the policy declares, and limits hold again once it is back',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-b-2026');
    const path = await paymentOf(merchant);
    await mesh.process('rate-limiter').kill('SIGKILL');
    try {
      const sent = await runLoad({ perSecond: PER_SECOND, seconds: 2, send: () => merchant.get(path) });
      measure('whileDown', statusCounts(sent));
      expect(
        sent.every(({ answer }) => answer.status === 200),
        `the policy says fall back to passing; clients saw ${statusCounts(sent)}`,
      );
    } finally {
      mesh.process('rate-limiter').restart();
      await mesh.waitReady('rate-limiter');
    }
    const start = performance.now();
    const holds = await until(async () => {
      const sent = await runLoad({ perSecond: PER_SECOND * 2, seconds: 0.5, send: () => merchant.get(path) });
      return sent.some(({ answer }) => answer.status === 429) ? true : undefined;
    }, 15_000);
    expect(holds === true, 'the limiter is back, but limits do not hold');
    measure('healedMs', performance.now() - start);
    return verdict();
  },
};
