import { generateKeyPairSync } from 'node:crypto';

import {
  createAlipay,
  createExpectations,
  createWechat,
  type Expectations,
  type Scenario,
  type ScenarioMesh,
  type TellingProvider,
  until,
  type WireRequest,
} from '../harness/index.ts';

/** Longest that a notification of a charge may take, its retries left out, in milliseconds. */
const TOLD_WITHIN_MS = 10_000;
/** Longest that notifications of other scenarios may still be tried, in milliseconds. */
const QUIET_WITHIN_MS = 60_000;

/** Payment providers tell of their charges, and others pretend to be them. */
export const providerNotification: Scenario = {
  name: 'provider-notification',
  summary:
    'a signed notification of a provider reaches payments; altered or by another key it gets 401, sent again 409',
  run: async (mesh) => {
    const expectations = createExpectations();
    const isQuiet = await until(() => nothingUnderWay(mesh), QUIET_WITHIN_MS, 100);
    expectations.expect(isQuiet === true, 'providers are still telling of earlier charges');
    const providers = [createWechat(mesh), createAlipay(mesh)];
    for (const provider of providers) {
      const id = await payAndBeTold(mesh, provider, expectations);
      await pretend(mesh, provider, { ...expectations, id });
    }
    return expectations.verdict();
  },
};

async function nothingUnderWay({ observe }: ScenarioMesh): Promise<true | undefined> {
  const simulators = ['psp-wechat', 'psp-alipay'] as const;
  const counts = await Promise.all(simulators.map((simulator) => observe.notifying(simulator)));
  return counts.every((count) => count === 0) ? true : undefined;
}

/** A payment through the provider's simulator, which tells of it by itself. */
async function payAndBeTold(
  mesh: ScenarioMesh,
  { name, policy }: TellingProvider,
  { expect, measure }: Expectations,
): Promise<string> {
  const { observe } = mesh;
  const allowed = await observe.decisions(policy, 'allow');
  const taken = await observe.notifications(name);
  const { status, body } = await mesh.merchant('merchant-a-2026').pay({ channel: name });
  expect(status === 201, `${name}: a payment answered ${status}`);
  expect(body['provider'] === `psp-${name}`, `${name}: charged by ${String(body['provider'])}`);
  const start = performance.now();
  const told = await until(
    async () => ((await observe.notifications(name)) > taken ? true : undefined),
    TOLD_WITHIN_MS,
  );
  measure(`${name}ToldMs`, performance.now() - start);
  expect(told === true, `${name}: payments was not told of its charge`);
  const verified = (await observe.decisions(policy, 'allow')) - allowed;
  measure(`${name}Verified`, verified);
  expect(verified === 1, `${name}: ${verified} notifications were verified, not the one of the charge`);
  return String(body['id']);
}

async function pretend(
  mesh: ScenarioMesh,
  provider: TellingProvider,
  { expect, measure, id }: Expectations & { readonly id: string },
): Promise<void> {
  const { name } = provider;
  const { observe } = mesh;
  const { send } = mesh.merchant('merchant-a-2026');
  const taken = await observe.notifications(name);
  const told = provider.tell({ id, minor: 1_999 });
  const forged: Readonly<Record<string, WireRequest>> = {
    altered: provider.alter(told, { id, minor: 1 }),
    otherKey: provider.tell({ id, minor: 1_999 }, strangersKey()),
    unsigned: { ...told, headers: { 'content-type': 'application/json' }, body: '{}' },
  };
  for (const [what, request] of Object.entries(forged)) {
    const { status } = await send(request);
    measure(`${name}-${what}`, status);
    expect(status === 401, `${name}, ${what}: answered ${status}, not 401`);
  }
  expect((await observe.notifications(name)) === taken, `${name}: a forged notification reached payments`);
  // Nothing but the forging was wrong with them.
  const genuine = await send(told);
  expect(genuine.status < 300, `${name}: a signed notification answered ${genuine.status}`);
  const again = await send(told);
  measure(`${name}-again`, again.status);
  expect(again.status === 409, `${name}: the same bytes again answered ${again.status}, not 409`);
  const seen = (await observe.notifications(name)) - taken;
  expect(seen === 1, `${name}: payments took in ${seen} notifications, not only the one that is genuine`);
}

function strangersKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
