import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import {
  createExpectations,
  editPolicy,
  paymentOf,
  runLoad,
  type Scenario,
  type ScenarioMesh,
  type Sent,
  statusCounts,
  type WireRequest,
} from '../harness/index.ts';

/** What the product promises from saving a file to the first request that feels it, in milliseconds. */
const PROMISE_MS = 100;
const PER_SECOND = 200;
/** Slower than the edited deadline, faster than the one before, in milliseconds. */
const CHARGE_DELAY_MS = 250;

/** Edits while traffic flows. */
export const policyEdit: Scenario = {
  name: 'policy-edit',
  summary:
    'a changed limit and a changed timeout are felt within 100 ms of saving the file; no request fails of it',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const bystander = mesh.merchant('merchant-a-2026');
    const bystanderPath = await paymentOf(bystander);
    const background = runLoad({ perSecond: 20, seconds: 5, send: () => bystander.get(bystanderPath) });
    const limit = await editLimit(mesh);
    measure('limitMs', limit);
    expect(limit <= PROMISE_MS, `the new limit was felt after ${limit} ms`);
    const timeout = await editTimeout(mesh);
    measure('timeoutMs', timeout);
    expect(timeout <= PROMISE_MS, `the new timeout was felt after ${timeout} ms`);
    const sent = await background;
    measure('answers', statusCounts(sent));
    expect(
      sent.every(({ answer }) => answer.status === 200),
      `clients saw ${statusCounts(sent)}`,
    );
    return verdict();
  },
};

/** From saving a lower limit to the first request that gets 429. */
async function editLimit(mesh: ScenarioMesh): Promise<number> {
  const merchant = mesh.merchant('merchant-vip-2026');
  const path = await paymentOf(merchant);
  const load = runLoad({ perSecond: PER_SECOND, seconds: 1.5, send: () => merchant.get(path) });
  await pause(500);
  const edit = editPolicy(
    mesh.policies,
    'security/limits.yaml',
    'value: merchant-vip, rate: 1000/s',
    'value: merchant-vip, rate: 1/h',
  );
  const sent = await load;
  edit.undo();
  const felt = firstAfter(sent, edit.savedAt, 429) - edit.savedAt;
  await waitUntilWell(async () => (await merchant.get(path)).status === 200);
  return felt;
}

/** From saving a shorter deadline of a charge to the first request that gets 504. */
async function editTimeout(mesh: ScenarioMesh): Promise<number> {
  await mesh.observe.behave('psp-wechat', { delayMs: CHARGE_DELAY_MS });
  try {
    const charge = (): ReturnType<ScenarioMesh['callFrom']> => mesh.callFrom('payments-1', chargeRequest());
    const load = runLoad({ perSecond: PER_SECOND / 2, seconds: 1.5, send: charge });
    await pause(500);
    const edit = editPolicy(mesh.policies, 'resilience/providers.yaml', 'request: 2s', 'request: 100ms');
    const sent = await load;
    edit.undo();
    const felt = firstAfter(sent, edit.savedAt, 504) - edit.savedAt;
    await waitUntilWell(async () => (await charge()).status < 300);
    return felt;
  } finally {
    await mesh.observe.behave('psp-wechat', {});
  }
}

/** A charge as payments would send it, straight to the provider. */
function chargeRequest(): WireRequest {
  return {
    method: 'POST',
    path: '/v1/charges',
    headers: { host: 'psp-wechat.psp.mesh', 'content-type': 'application/json' },
    body: JSON.stringify({ outTradeNo: randomUUID(), amount: { minor: 100, currency: 'CNY' } }),
  };
}

/** When the first request with this status was sent, at or after `since`; infinity when there was none. */
function firstAfter(sent: readonly Sent[], since: number, status: number): number {
  const times = sent.filter(({ answer, at }) => answer.status === status && at >= since).map(({ at }) => at);
  return Math.min(...times);
}

async function waitUntilWell(isWell: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 5_000;
  while (!(await isWell()) && performance.now() < deadline) await pause(20);
}
