import { randomBytes, randomUUID } from 'node:crypto';

import {
  type Answer,
  editPolicy,
  type Merchant,
  paymentOf,
  runLoad,
  type ScenarioMesh,
  type WireRequest,
} from '../harness/index.ts';

/** Seconds of each part: long enough for a rate over four scrapes to rise and to fall. */
const PART_SECONDS = 15;

/** A minute and more in the life of a mesh, so that boards have something to tell: forgers, a flood, a dead provider, an edit. */
export async function liveThrough(mesh: ScenarioMesh): Promise<void> {
  const vip = mesh.merchant('merchant-vip-2026');
  const flooding = mesh.merchant('merchant-b-2026');
  const [path, floodPath] = await Promise.all([paymentOf(vip), paymentOf(flooding)]);
  const lawful = (): Promise<unknown> =>
    Promise.all([
      part(6, () => vip.pay()),
      part(20, () => vip.get(path)),
      part(3, (index) => vip.send(index % 3 === 0 ? unsigned() : forged(vip))),
      part(1, () => sendTwice(vip, path)),
    ]);
  await lawful();
  await Promise.all([lawful(), part(50, () => flooding.get(floodPath))]);
  const edit = editPolicy(mesh.policies, 'resilience/providers.yaml', 'request: 2s', 'request: 1900ms');
  const dead = ['psp-wechat-1', 'envoy-psp-wechat-1'].map((name) => mesh.process(name));
  await Promise.all(dead.map((child) => child.kill('SIGKILL')));
  await lawful();
  for (const child of dead) child.restart();
  edit.undo();
  await lawful();
}

function part(perSecond: number, send: (index: number) => Promise<Answer>): Promise<unknown> {
  return runLoad({ perSecond, seconds: PART_SECONDS, send });
}

function unsigned(): WireRequest {
  return { method: 'GET', path: '/v1/payments/one', headers: {}, body: '' };
}

function forged(merchant: Merchant): WireRequest {
  const body = JSON.stringify({ orderId: 'o-forged', amount: { minor: 100, currency: 'CNY' } });
  const headers = { 'idempotency-key': randomUUID() };
  return merchant.sign({ method: 'POST', path: '/v1/payments', body, headers }, { secret: randomBytes(32) });
}

async function sendTwice(merchant: Merchant, path: string): Promise<Answer> {
  const request = merchant.sign({ method: 'GET', path, body: '' });
  await merchant.send(request);
  return merchant.send(request);
}
