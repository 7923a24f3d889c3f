import { setTimeout as pause } from 'node:timers/promises';

import {
  allBalanced,
  chargeSummary,
  createExpectations,
  percentile,
  runLoad,
  type Scenario,
  type ScenarioMesh,
  statusCounts,
} from '../harness/index.ts';

const PER_SECOND = 40;
const SECONDS = 6;
/** Charges take so long that the dying instance has several in the middle of them, in milliseconds. */
const CHARGE_MS = 250;

/** An instance and its Envoy die at once, as a node does. */
export const instanceDown: Scenario = {
  name: 'instance-down',
  summary:
    'SIGKILL of one payments instance with its Envoy under load: no client sees an error, nobody pays twice',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    await Promise.all(['psp-wechat', 'psp-alipay'].map((provider) => mesh.observe.resetProvider(provider)));
    const merchants = ['merchant-a-2026', 'merchant-vip-2026'].map((key) => mesh.merchant(key));
    await mesh.observe.behave('psp-wechat', { delayMs: CHARGE_MS });
    const retriesBefore = await retriesAtEdge(mesh);
    const load = runLoad({
      perSecond: PER_SECOND,
      seconds: SECONDS,
      send: (index) => (merchants[index % merchants.length] ?? mesh.merchant('merchant-a-2026')).pay(),
    });
    const dying = ['payments-2', 'envoy-payments-2'].map((name) => mesh.process(name));
    await pause(2_000);
    await Promise.all(dying.map((child) => child.kill('SIGKILL')));
    await pause(2_000);
    for (const child of dying) child.restart();
    await Promise.all(dying.map((child) => mesh.waitReady(child.name)));
    const sent = await load;
    await mesh.observe.behave('psp-wechat', {});

    measure('answers', statusCounts(sent));
    measure('p50Ms', percentile(sent, 0.5));
    measure('p99Ms', percentile(sent, 0.99));
    const bad = sent.filter(({ answer }) => answer.status !== 201);
    expect(
      bad.length === 0,
      `${bad.length} clients saw ${statusCounts(bad)}: ${JSON.stringify(bad[0]?.answer.body)}`,
    );
    const { wechat, alipay, both } = await chargeSummary(mesh);
    measure('charges', wechat + alipay);
    expect(wechat + alipay === sent.length, `${sent.length} payments made ${wechat + alipay} charges`);
    expect(both === 0, `${both} payments were charged at both providers`);
    const ids = sent.map(({ answer }) => String(answer.body['id']));
    expect(await allBalanced(mesh, ids), 'a payment has no balanced pair of entries');
    const imbalance = await mesh.observe.imbalance();
    expect(imbalance === 0, `the ledger is out of balance by ${imbalance}`);
    const retries = (await retriesAtEdge(mesh)) - retriesBefore;
    measure('retries', retries);
    expect(retries > 0, 'nothing was under way with the instance that died: this run shows nothing');
    return verdict();
  },
};

function retriesAtEdge({ observe }: ScenarioMesh): Promise<number> {
  return observe.envoyStat('edge', 'cluster.pay/payments.upstream_rq_retry');
}
