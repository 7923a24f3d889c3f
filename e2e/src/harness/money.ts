import { setTimeout as pause } from 'node:timers/promises';

import type { ScenarioMesh } from './mesh.ts';

/** Waits until the check gives something other than undefined; undefined when time is up. */
export async function until<T>(
  check: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number,
  everyMs = 20,
): Promise<T | undefined> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (performance.now() > deadline) return undefined;
    await pause(everyMs);
  }
}

export interface ChargeSummary {
  /** Payments charged at psp-wechat, at psp-alipay, and at both (which must never be). */
  readonly wechat: number;
  readonly alipay: number;
  readonly both: number;
}

/** Who charged what, counted in the simulators. */
export async function chargeSummary(mesh: ScenarioMesh): Promise<ChargeSummary> {
  const charged = async (provider: string): Promise<Set<string>> => {
    const charges = await mesh.observe.charges(provider);
    return new Set(charges.filter((charge) => charge.charged > 0).map((charge) => charge.outTradeNo));
  };
  const [wechat, alipay] = await Promise.all([charged('psp-wechat'), charged('psp-alipay')]);
  return {
    wechat: wechat.size,
    alipay: alipay.size,
    both: [...wechat].filter((id) => alipay.has(id)).length,
  };
}

/** True when each of these payments has exactly one debit and one credit of the same amount. */
export async function allBalanced(mesh: ScenarioMesh, paymentIds: readonly string[]): Promise<boolean> {
  const perPayment = await Promise.all(paymentIds.map((id) => mesh.observe.entries(id)));
  return perPayment.every((entries) => {
    const [one, other] = entries;
    return (
      entries.length === 2 &&
      one?.direction !== other?.direction &&
      one?.amount.minor === other?.amount.minor &&
      one?.amount.currency === other?.amount.currency
    );
  });
}
