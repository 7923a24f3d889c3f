import {
  createExpectations,
  paymentOf,
  runLoad,
  type Scenario,
  startBrownOut,
  statusCounts,
  until,
} from '../harness/index.ts';

const PER_SECOND = 60;
const SECONDS = 4;

/** An instance that answers, but wrongly half of the time. */
export const brownOut: Scenario = {
  name: 'brown-out',
  summary:
    'half of one instance’s answers are 5xx: it is ejected, clients see no error, and it comes back once well',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-vip-2026');
    const path = await paymentOf(merchant);
    const ejections = (): Promise<number> =>
      mesh.observe.envoyStat('edge', 'cluster.pay/payments.outlier_detection.ejections_enforced_total');
    const ejected = (): Promise<number> =>
      mesh.observe.envoyStat('edge', 'cluster.pay/payments.outlier_detection.ejections_active');
    const before = await ejections();
    await mesh.process('payments-2').kill('SIGTERM');
    const ill = await startBrownOut({
      port: mesh.observe.port('payments-2'),
      forwardTo: mesh.observe.port('payments-1'),
    });
    try {
      const sent = await runLoad({ perSecond: PER_SECOND, seconds: SECONDS, send: () => merchant.get(path) });
      measure('answers', statusCounts(sent));
      measure('illReceived', ill.received);
      measure('illFailed', ill.failed);
      measure('ejections', (await ejections()) - before);
      expect((await ejections()) > before, 'the ill instance was never ejected');
      expect(
        ill.received < sent.length / 4,
        `the ill instance still got ${ill.received} of ${sent.length} requests`,
      );
      expect(
        sent.every(({ answer }) => answer.status === 200),
        `clients saw ${statusCounts(sent)}`,
      );
    } finally {
      await ill.close();
      mesh.process('payments-2').restart();
      await mesh.waitReady('payments-2');
    }
    const back = await until(async () => ((await ejected()) === 0 ? true : undefined), 20_000);
    expect(back === true, 'the instance is well again, but still ejected');
    const after = await runLoad({ perSecond: PER_SECOND, seconds: 2, send: () => merchant.get(path) });
    const served = after.filter(({ answer }) => answer.headers['x-instance'] === 'payments-2').length;
    measure('servedAfterRecovery', served);
    expect(served > 0, 'the instance is well again, but gets no requests');
    return verdict();
  },
};
