import type { PaymentStore } from '../payment-store.ts';
import type { Resolver } from '../resolver.ts';
import { isFinal } from '../state-machine.ts';

export interface TakeOptions {
  readonly store: PaymentStore;
  readonly resolver: Resolver;
}

/**
 * What a notification came to. `settled`: the payment became final now; `final`: it was; `open`: it is at work, or
 * the providers cannot tell yet; `unknown`: there is no such payment.
 */
export type Taken = 'settled' | 'final' | 'open' | 'unknown';

/**
 * Follows a notification's hint. What it says of money is not believed: the providers are asked, as they would be
 * later without it. A payment at work is left to its owner and to the client's next try.
 */
export async function takeNotification({ store, resolver }: TakeOptions, paymentId: string): Promise<Taken> {
  const payment = await store.find(paymentId);
  if (payment === undefined) return 'unknown';
  if (isFinal(payment.state)) return 'final';
  if (payment.state === 'created') return 'open';
  await resolver.resolve(paymentId);
  const after = await store.find(paymentId);
  return after !== undefined && isFinal(after.state) ? 'settled' : 'open';
}
