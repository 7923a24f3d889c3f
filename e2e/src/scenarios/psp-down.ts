import {
  allBalanced,
  chargeSummary,
  createExpectations,
  runLoad,
  type Scenario,
  type ScenarioMesh,
  statusCounts,
  until,
} from '../harness/index.ts';

const PER_SECOND = 20;
const SECONDS = 3;

/** A provider that cannot be reached. */
export const pspDown: Scenario = {
  name: 'psp-down',
  summary:
    'psp-wechat refuses connections: psp-alipay charges within the same request, nobody is charged twice',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-vip-2026');
    await Promise.all(['psp-wechat', 'psp-alipay'].map((provider) => mesh.observe.resetProvider(provider)));
    const before = await merchant.pay();
    expect(before.body['provider'] === 'psp-wechat', `before: ${String(before.body['provider'])} served`);
    const alipayBefore = await requestsTo(mesh, 'psp/psp-alipay');

    const dead = ['psp-wechat-1', 'envoy-psp-wechat-1'].map((name) => mesh.process(name));
    await Promise.all(dead.map((child) => child.kill('SIGKILL')));
    const sent = await runLoad({ perSecond: PER_SECOND, seconds: SECONDS, send: () => merchant.pay() });
    measure('bothDead', statusCounts(sent));
    expect(
      sent.every(({ answer }) => answer.status === 201 && answer.body['provider'] === 'psp-alipay'),
      `with psp-wechat gone clients saw ${statusCounts(sent)}`,
    );
    const byAlipay = (await requestsTo(mesh, 'psp/psp-alipay')) - alipayBefore;
    measure('servedByAlipayInMetrics', byAlipay);
    expect(byAlipay >= sent.length, 'the metrics do not show which provider served');

    // Only the program is dead: its Envoy accepts, and says that nothing was sent on.
    mesh.process('envoy-psp-wechat-1').restart();
    await mesh.waitReady('envoy-psp-wechat-1');
    const sentOn = await runLoad({ perSecond: PER_SECOND, seconds: SECONDS, send: () => merchant.pay() });
    measure('programDead', statusCounts(sentOn));
    expect(
      sentOn.every(({ answer }) => answer.status === 201 && answer.body['provider'] === 'psp-alipay'),
      `with the program of psp-wechat gone clients saw ${statusCounts(sentOn)}`,
    );
    mesh.process('psp-wechat-1').restart();
    await mesh.waitReady('psp-wechat-1');
    const { both, alipay, seenAgain } = await chargeSummary(mesh);
    measure('charges', alipay);
    expect(
      alipay === sent.length + sentOn.length,
      `${sent.length + sentOn.length} payments made ${alipay} charges`,
    );
    expect(both === 0, `${both} payments were charged twice`);
    expect(seenAgain === 0, `of ${seenAgain} payments more than one create came in`);
    const ids = [...sent, ...sentOn].map(({ answer }) => String(answer.body['id']));
    expect(await allBalanced(mesh, ids), 'a payment has no balanced pair of entries');
    const back = await until(async () => {
      const { body } = await merchant.pay();
      return body['provider'] === 'psp-wechat' ? true : undefined;
    }, 10_000);
    expect(back === true, 'psp-wechat is back, but was not used again within 10 s');
    return verdict();
  },
};

async function requestsTo({ observe }: ScenarioMesh, cluster: string): Promise<number> {
  const counts = await Promise.all(
    [1, 2, 3].map((index) => observe.envoyStat(`payments-${index}`, `cluster.${cluster}.upstream_rq_total`)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
