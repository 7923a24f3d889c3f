import { accept, isObject, type Money, type Parsed, parseId, parseMoney, refuse } from '@paymesh/sample-kit';

import type { Channel } from './payment.ts';

/** The body of a create. */
export interface CreateBody {
  /** Counts only where the mesh names no principal. */
  readonly merchantId: string | undefined;
  readonly orderId: string;
  /** Who pays. Default: the order, so that payers nobody named are not counted as one. */
  readonly payerId: string;
  readonly amount: Money;
  /** Default wechat. */
  readonly channel: Channel;
}

/** Reads the body of a create. Fields it does not know are left to others, but count for idempotency. */
export function parseCreate(body: unknown): Parsed<CreateBody> {
  if (!isObject(body)) return refuse('the body must be a JSON object');
  const orderId = parseId(body['orderId'], 'orderId');
  if (!orderId.ok) return orderId;
  const merchantId = parseOptionalId(body['merchantId'], 'merchantId');
  if (!merchantId.ok) return merchantId;
  const payerId = parseOptionalId(body['payerId'], 'payerId');
  if (!payerId.ok) return payerId;
  const amount = parseMoney(body['amount']);
  if (!amount.ok) return amount;
  const channel = body['channel'] ?? 'wechat';
  if (channel !== 'wechat' && channel !== 'alipay') return refuse('channel must be wechat or alipay');
  return accept({
    merchantId: merchantId.value,
    orderId: orderId.value,
    payerId: payerId.value ?? orderId.value,
    amount: amount.value,
    channel,
  });
}

function parseOptionalId(value: unknown, field: string): Parsed<string | undefined> {
  return value === undefined ? accept(undefined) : parseId(value, field);
}
