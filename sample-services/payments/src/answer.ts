import { Problem, problemBody } from '@paymesh/sample-kit';

import type { Payment } from './payment.ts';
import type { Answer } from './payment-store.ts';

/** A payment as clients see it. */
export function paymentBody(payment: Payment): Readonly<Record<string, unknown>> {
  const { id, orderId, principal, amount, channel, state, provider, tradeId, reason, createdAt } = payment;
  return {
    id,
    orderId,
    merchantId: principal,
    amount,
    channel,
    state,
    provider: provider ?? null,
    tradeId: tradeId ?? null,
    reason: reason ?? null,
    createdAt: new Date(createdAt).toISOString(),
  };
}

/** The answer to a create: 201 when it succeeded, 202 while it is open, 402 with the payment when it failed. */
export function createAnswer(payment: Payment, requestId: string): Answer {
  if (payment.state === 'succeeded') return answer(201, paymentBody(payment));
  if (payment.state !== 'failed') return answer(202, paymentBody(payment));
  const problem = new Problem(402, 'PAYMENT_FAILED', payment.reason ?? 'the payment failed', {
    payment: paymentBody(payment),
  });
  return answer(problem.status, problemBody(problem, requestId));
}

function answer(status: number, body: Readonly<Record<string, unknown>>): Answer {
  return { status, text: JSON.stringify(body) };
}
