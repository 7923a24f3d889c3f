import { type CallContext, isObject, type OutboundClient } from '@paymesh/sample-kit';

import type { Channel, Payment } from './payment.ts';
import { knownProvider, type Provider, type ProviderCharge, readProviderCharge } from './provider-charge.ts';

/** What a charge came to. `unclear`: money may have moved, only a query can tell. */
export type ChargeResult =
  | { readonly kind: 'charged'; readonly charge: ProviderCharge }
  | { readonly kind: 'refused'; readonly reason: string; readonly provider: Provider | undefined }
  | { readonly kind: 'not-sent'; readonly reason: string }
  | { readonly kind: 'unclear'; readonly reason: string };

/** Who is asked to charge; others only by the mesh, when this one was not reached. */
export const FIRST_PROVIDER: Readonly<Record<Channel, Provider>> = {
  wechat: 'psp-wechat',
  alipay: 'psp-alipay',
};

/**
 * Sends the charge to the provider of the channel. Another one may answer in its place: that is for the
 * mesh to decide, and the answer says who charged.
 */
export async function sendCharge(
  outbound: OutboundClient,
  payment: Payment,
  context: CallContext,
): Promise<ChargeResult> {
  const outcome = await outbound.call({
    service: `${FIRST_PROVIDER[payment.channel]}.psp`,
    method: 'POST',
    path: '/v1/charges',
    body: { outTradeNo: payment.id, amount: payment.amount },
    context,
  });
  if (outcome.kind !== 'answer') return outcome;
  if (outcome.status >= 400) {
    const provider = isObject(outcome.body) ? knownProvider(outcome.body['provider']) : undefined;
    return { kind: 'refused', reason: reasonOf(outcome.body, outcome.status), provider };
  }
  const charge = readProviderCharge(outcome.body, payment);
  if (charge === undefined) return { kind: 'unclear', reason: 'the provider answered something else' };
  return { kind: 'charged', charge };
}

function reasonOf(body: unknown, status: number): string {
  const code = isObject(body) ? body['code'] : undefined;
  return typeof code === 'string' ? code : `answered ${status}`;
}
