import { type CallContext, isObject, type OutboundClient } from '@paymesh/sample-kit';

import type { Payment } from './payment.ts';

/** What the risk service says; no answer is no permission. */
export type RiskResult =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'denied'; readonly reasons: readonly string[] }
  | { readonly kind: 'unavailable' };

/** Asks the risk service about a payment. Fails closed: what cannot be understood is no permission. */
export async function assessRisk(
  outbound: OutboundClient,
  { principal, payerId, amount }: Payment,
  context: CallContext,
): Promise<RiskResult> {
  const outcome = await outbound.call({
    service: 'risk.pay',
    method: 'POST',
    path: '/v1/assess',
    body: { merchantId: principal, payerId, amount },
    context,
  });
  if (outcome.kind !== 'answer' || outcome.status !== 200 || !isObject(outcome.body)) {
    return { kind: 'unavailable' };
  }
  const { decision, reasons } = outcome.body;
  if (decision === 'allow' || decision === 'review') return { kind: 'allowed' };
  if (decision !== 'deny') return { kind: 'unavailable' };
  return { kind: 'denied', reasons: Array.isArray(reasons) ? reasons.map(String) : [] };
}
