import {
  type Answer,
  allBalanced,
  chargeSummary,
  createExpectations,
  type Scenario,
  type ScenarioMesh,
  until,
} from '../harness/index.ts';

/** Longer than the charge's deadline (2 s in policies/resilience/providers.yaml), in milliseconds. */
const CREATE_DELAY_MS = 3_000;
/** Longer than one try of a query (400 ms), in milliseconds. */
const QUERY_DELAY_MS = 900;
/** One try of a query may fail, and so may every second one: the retry finds the provider well. */
const QUERY_DELAY_PERCENT = 40;
const QUERIES = 20;
/** So many at once, all too slow: the budget of 25 % (policies/resilience/providers.yaml) leaves room for a few retries. */
const QUERIES_AT_ONCE = 60;
/** Without a budget there would be two retries for each; with it, a quarter of what is under way and at least 5 at once. */
const MOST_RETRIES = QUERIES_AT_ONCE / 2;

/** A provider that answers too late. */
export const pspSlow: Scenario = {
  name: 'psp-slow',
  summary: 'a late charge becomes unknown and is settled by query, charged once; a late query is asked again',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-vip-2026');
    await Promise.all(['psp-wechat', 'psp-alipay'].map((provider) => mesh.observe.resetProvider(provider)));
    try {
      await mesh.observe.behave('psp-wechat', { delayMs: CREATE_DELAY_MS });
      const late = await merchant.pay();
      const id = String(late.body['id']);
      measure('createMs', late.ms);
      expect(
        late.status === 202 && late.body['state'] === 'unknown',
        `the late charge answered ${late.status} ${String(late.body['state'])}`,
      );
      expect(
        late.ms < CREATE_DELAY_MS,
        `the client waited ${late.ms.toFixed(0)} ms: the deadline did not hold`,
      );

      await mesh.observe.behave('psp-wechat', {
        queryDelayMs: QUERY_DELAY_MS,
        queryDelayPercent: QUERY_DELAY_PERCENT,
      });
      const settled = await until(async () => {
        const { body } = await merchant.get(`/v1/payments/${id}`);
        return body['state'] === 'succeeded' ? true : undefined;
      }, 15_000);
      expect(settled === true, 'the unknown payment was not settled by query');
      const charges = (await mesh.observe.charges('psp-wechat')).find((charge) => charge.charged > 0);
      measure('createsReceived', charges?.received ?? 0);
      expect(charges?.received === 1, `the create was sent ${charges?.received ?? 0} times`);
      const { wechat, alipay } = await chargeSummary(mesh);
      expect(wechat === 1 && alipay === 0, `charged ${wechat} times at psp-wechat, ${alipay} at psp-alipay`);

      expect(await allBalanced(mesh, [id]), 'the settled payment has no balanced pair of entries');

      const asked = await queries(mesh, String(charges?.outTradeNo));
      measure('queriesOk', asked.ok);
      measure('queryRetries', asked.retries);
      expect(asked.ok >= QUERIES - 1, `only ${asked.ok} of ${QUERIES} queries were answered`);
      expect(asked.retries > 0, 'no slow query was asked again');

      await mesh.observe.behave('psp-wechat', { queryDelayMs: QUERY_DELAY_MS });
      const before = await queryRetries(mesh);
      await Promise.all(Array.from({ length: QUERIES_AT_ONCE }, () => query(mesh, id)));
      const retries = (await queryRetries(mesh)) - before;
      measure('retriesOfSixtySlow', retries);
      expect(retries > 0, 'when all queries were slow, none was asked again');
      expect(
        retries <= MOST_RETRIES,
        `the budget let ${retries} of ${QUERIES_AT_ONCE} slow queries be asked again`,
      );
    } finally {
      await mesh.observe.behave('psp-wechat', {});
    }
    return verdict();
  },
};

async function queries(
  mesh: ScenarioMesh,
  outTradeNo: string,
): Promise<{ readonly ok: number; readonly retries: number }> {
  const before = await queryRetries(mesh);
  let ok = 0;
  for (let index = 0; index < QUERIES; index += 1) {
    if ((await query(mesh, outTradeNo)).status === 200) ok += 1;
  }
  return { ok, retries: (await queryRetries(mesh)) - before };
}

/** As the program of payments-1 asks psp-wechat. */
function query(mesh: ScenarioMesh, outTradeNo: string): Promise<Answer> {
  return mesh.callFrom('payments-1', {
    method: 'GET',
    path: `/v1/charges/${outTradeNo}`,
    headers: { host: 'psp-wechat.psp.mesh' },
    body: '',
  });
}

function queryRetries({ observe }: ScenarioMesh): Promise<number> {
  return observe.envoyStat('payments-1', 'cluster.psp/psp-wechat.upstream_rq_retry');
}
