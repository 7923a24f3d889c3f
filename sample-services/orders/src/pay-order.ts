import { type CallContext, isObject, type OutboundClient, type Outcome, Problem } from '@paymesh/sample-kit';

import type { Order, OrderState } from './order.ts';

const PAYMENTS = 'payments.pay';

/** Pays an order. Its id is the idempotency key, so an order is paid once however often this is called. */
export async function payOrder(outbound: OutboundClient, order: Order, context: CallContext): Promise<Order> {
  const { id, merchantId, amount, channel } = order;
  const outcome = await outbound.call({
    service: PAYMENTS,
    method: 'POST',
    path: '/v1/payments',
    headers: { 'idempotency-key': id },
    body: { merchantId, orderId: id, amount, channel },
    context,
  });
  if (outcome.kind !== 'answer') {
    throw new Problem(503, 'PAYMENTS_UNAVAILABLE', 'the payment is not known; send the same request again');
  }
  return withPayment(order, outcome);
}

/** Asks how the payment of an open order stands; the order as it was if there is no answer. */
export async function refreshOrder(
  outbound: OutboundClient,
  order: Order,
  context: CallContext,
): Promise<Order> {
  if (order.paymentId === null) return order;
  const path = `/v1/payments/${order.paymentId}`;
  const outcome = await outbound.call({ service: PAYMENTS, method: 'GET', path, context });
  return outcome.kind === 'answer' && outcome.status === 200 ? withPayment(order, outcome) : order;
}

function withPayment(order: Order, { status, body }: Extract<Outcome, { kind: 'answer' }>): Order {
  // A failed payment is answered 402 with the payment inside the problem.
  const payment = status === 402 && isObject(body) ? body['payment'] : body;
  if (status === 409) {
    throw new Problem(409, 'ORDER_RUNNING', 'a request with this Idempotency-Key is still running');
  }
  // Orders are forgotten with this program, payments are not.
  if (status === 422 && isObject(body) && body['code'] === 'IDEMPOTENCY_KEY_REUSED') {
    throw new Problem(422, 'IDEMPOTENCY_KEY_REUSED', 'this Idempotency-Key was used with another body');
  }
  if (!isObject(payment) || typeof payment['id'] !== 'string') {
    throw new Problem(502, 'PAYMENTS_REFUSED', `the payments service answered ${status}`);
  }
  const { id, provider, state } = payment;
  return {
    ...order,
    state: stateOf(state),
    paymentId: id,
    provider: typeof provider === 'string' ? provider : null,
  };
}

function stateOf(paymentState: unknown): OrderState {
  if (paymentState === 'succeeded') return 'paid';
  return paymentState === 'failed' ? 'payment_failed' : 'payment_open';
}
