import { type Call, type CallContext, isObject, type OutboundClient } from '@paymesh/sample-kit';

import type { Payment } from './payment.ts';
import { PROVIDERS, type Provider, type ProviderCharge, readProviderCharge } from './provider-charge.ts';

/** Where a charge was found. `absent`: every provider that was asked said that it has none. */
export type FindResult =
  | { readonly kind: 'charged'; readonly charge: ProviderCharge }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unclear' };

export interface FindOptions {
  /** Who is asked, one after the other. Default: all. */
  readonly providers?: readonly Provider[];
  /**
   * Who is asked to close the payment: where nothing was charged, nothing can be any more, however late a charge
   * arrives that is still on its way. Default: nobody.
   */
  readonly closeAt?: readonly Provider[];
}

/** Asks the providers whether they charged this payment. */
export async function findCharge(
  outbound: OutboundClient,
  payment: Payment,
  context: CallContext,
  { providers = PROVIDERS, closeAt = [] }: FindOptions = {},
): Promise<FindResult> {
  let isClear = true;
  for (const provider of providers) {
    const result = await ask(outbound, payment, {
      ...question(provider, payment, closeAt),
      provider,
      context,
    });
    if (result.kind === 'charged') return result;
    if (result.kind === 'unclear') isClear = false;
  }
  return isClear ? { kind: 'absent' } : { kind: 'unclear' };
}

function question(
  provider: Provider,
  { id }: Payment,
  closeAt: readonly Provider[],
): Pick<Call, 'method' | 'path'> {
  const path = `/v1/charges/${id}`;
  return closeAt.includes(provider) ? { method: 'POST', path: `${path}/close` } : { method: 'GET', path };
}

async function ask(
  outbound: OutboundClient,
  payment: Payment,
  { provider, ...call }: Pick<Call, 'method' | 'path' | 'context'> & { readonly provider: Provider },
): Promise<FindResult> {
  const outcome = await outbound.call({ service: `${provider}.psp`, ...call });
  if (outcome.kind !== 'answer' || !isObject(outcome.body)) return { kind: 'unclear' };
  const { body, status } = outcome;
  // "No charge" counts only from the provider that was asked: the mesh may have asked another one instead.
  const isFromProvider = body['provider'] === provider;
  const isClosed = status === 200 && body['state'] === 'closed' && body['outTradeNo'] === payment.id;
  const isUnknownThere = call.method === 'GET' && status === 404 && body['code'] === 'NO_SUCH_CHARGE';
  if (isFromProvider && (isClosed || isUnknownThere)) return { kind: 'absent' };
  const charge = status === 200 ? readProviderCharge(body, payment) : undefined;
  return charge === undefined ? { kind: 'unclear' } : { kind: 'charged', charge };
}
