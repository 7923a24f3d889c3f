import { createHash } from 'node:crypto';

import { accept, isObject, type Money, type Parsed, parseId, parseMoney, refuse } from '@paymesh/sample-kit';

/** Where an order stands. `payment_open`: the payment is not decided yet. */
export type OrderState = 'created' | 'paid' | 'payment_open' | 'payment_failed';

/** What is asked for. */
export interface OrderBody {
  readonly merchantId: string | undefined;
  readonly amount: Money;
  readonly channel: 'wechat' | 'alipay';
}

export interface Order {
  readonly id: string;
  readonly merchantId: string;
  readonly amount: Money;
  readonly channel: 'wechat' | 'alipay';
  readonly state: OrderState;
  readonly paymentId: string | null;
  readonly provider: string | null;
}

/** Reads `{merchantId?, amount, channel?}`. */
export function parseOrder(body: unknown): Parsed<OrderBody> {
  if (!isObject(body)) return refuse('the body must be a JSON object');
  const merchantId: Parsed<string | undefined> =
    body['merchantId'] === undefined ? accept(undefined) : parseId(body['merchantId'], 'merchantId');
  if (!merchantId.ok) return merchantId;
  const amount = parseMoney(body['amount']);
  if (!amount.ok) return amount;
  const channel = body['channel'] ?? 'wechat';
  if (channel !== 'wechat' && channel !== 'alipay') return refuse('channel must be wechat or alipay');
  return accept({ merchantId: merchantId.value, amount: amount.value, channel });
}

/**
 * The id of the order under an idempotency key. Made from the key, so that the order, and with it the key of its
 * payment, is the same after a restart that forgot everything.
 */
export function orderIdOf(merchantId: string, key: string): string {
  const digest = createHash('sha256').update(`${merchantId}\n${key}`).digest('hex');
  return `ord_${digest.slice(0, 32)}`;
}
