import { isObject } from '@paymesh/sample-kit';

import type { Payment } from './payment.ts';

/** The providers, in the order in which they are queried. */
export const PROVIDERS = ['psp-wechat', 'psp-alipay'] as const;

export type Provider = (typeof PROVIDERS)[number];

/** A charge that a provider confirmed. */
export interface ProviderCharge {
  readonly provider: Provider;
  readonly tradeId: string;
}

/**
 * Reads a provider's answer about a charge. Undefined unless it is this payment, this amount, and charged:
 * money is never booked on an answer about something else.
 */
export function readProviderCharge(body: unknown, payment: Payment): ProviderCharge | undefined {
  if (!isObject(body) || !isObject(body['amount'])) return undefined;
  const { provider, outTradeNo, tradeId, state, amount } = body;
  const isThisOne =
    outTradeNo === payment.id &&
    state === 'charged' &&
    amount['minor'] === payment.amount.minor &&
    amount['currency'] === payment.amount.currency;
  const known = knownProvider(provider);
  if (!isThisOne || known === undefined || typeof tradeId !== 'string') return undefined;
  return { provider: known, tradeId };
}

/** The provider of that name; undefined when there is none. */
export function knownProvider(name: unknown): Provider | undefined {
  return PROVIDERS.find((known) => known === name);
}
