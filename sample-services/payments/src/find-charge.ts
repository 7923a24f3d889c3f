import { type CallContext, isObject, type OutboundClient } from '@paymesh/sample-kit';

import type { Payment } from './payment.ts';
import { PROVIDERS, type ProviderCharge, readProviderCharge } from './provider-charge.ts';

/** Where a charge was found. `absent`: every provider said that it has none. */
export type FindResult =
  | { readonly kind: 'charged'; readonly charge: ProviderCharge }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unclear' };

/** Asks the providers one after the other whether they charged this payment. */
export async function findCharge(
  outbound: OutboundClient,
  payment: Payment,
  context: CallContext,
): Promise<FindResult> {
  let isClear = true;
  for (const provider of PROVIDERS) {
    const result = await ask(outbound, provider, payment, context);
    if (result.kind === 'charged') return result;
    if (result.kind === 'unclear') isClear = false;
  }
  return isClear ? { kind: 'absent' } : { kind: 'unclear' };
}

async function ask(
  outbound: OutboundClient,
  provider: string,
  payment: Payment,
  context: CallContext,
): Promise<FindResult> {
  const outcome = await outbound.call({
    service: `${provider}.psp`,
    method: 'GET',
    path: `/v1/charges/${payment.id}`,
    context,
  });
  if (outcome.kind !== 'answer' || !isObject(outcome.body)) return { kind: 'unclear' };
  const { body, status } = outcome;
  // "Not found" counts only from the provider that was asked: the mesh may have asked another one instead.
  if (status === 404 && body['code'] === 'NO_SUCH_CHARGE' && body['provider'] === provider) {
    return { kind: 'absent' };
  }
  const charge = status === 200 ? readProviderCharge(body, payment) : undefined;
  return charge === undefined ? { kind: 'unclear' } : { kind: 'charged', charge };
}
