import type { CallContext, OutboundClient } from '@paymesh/sample-kit';

import type { Payment } from './payment.ts';

/** Books a charged payment: the provider owes us, we owe the merchant. True once it is in the ledger. */
export async function postEntries(
  outbound: OutboundClient,
  { id, principal, provider, amount }: Payment,
  context: CallContext,
): Promise<boolean> {
  const outcome = await outbound.call({
    service: 'ledger.pay',
    method: 'POST',
    path: '/v1/entries',
    // The ledger knows the posting by its payment; the header is for the mesh, which may then try again.
    headers: { 'idempotency-key': id },
    body: {
      paymentId: id,
      entries: [
        { account: `psp:${provider}`, direction: 'debit', amount },
        { account: `merchant:${principal}`, direction: 'credit', amount },
      ],
    },
    context,
  });
  return outcome.kind === 'answer' && outcome.status === 200;
}
