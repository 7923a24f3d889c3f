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
  /** Payments of which the providers together saw more than one create. */
  readonly seenAgain: number;
}

/** Who charged what, counted in the simulators. */
export async function chargeSummary(mesh: ScenarioMesh): Promise<ChargeSummary> {
  const seen = await Promise.all(['psp-wechat', 'psp-alipay'].map((name) => mesh.observe.charges(name)));
  const [wechat = new Set(), alipay = new Set()] = seen.map(
    (charges) => new Set(charges.filter(({ charged }) => charged > 0).map(({ outTradeNo }) => outTradeNo)),
  );
  const received = new Map<string, number>();
  for (const { outTradeNo, received: count } of seen.flat())
    received.set(outTradeNo, (received.get(outTradeNo) ?? 0) + count);
  return {
    wechat: wechat.size,
    alipay: alipay.size,
    both: [...wechat].filter((id) => alipay.has(id)).length,
    seenAgain: [...received.values()].filter((count) => count > 1).length,
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
