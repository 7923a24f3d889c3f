import { randomUUID } from 'node:crypto';

import { allBalanced, createExpectations, type Scenario } from '../harness/index.ts';

/** The good case, and what an Idempotency-Key promises. */
export const pay: Scenario = {
  name: 'pay',
  summary: 'a signed payment succeeds once, is found again, and makes a balanced pair in the ledger',
  run: async (mesh) => {
    const { expect, measure, verdict } = createExpectations();
    const merchant = mesh.merchant('merchant-a-2026');
    const idempotencyKey = randomUUID();
    const first = await merchant.pay({ idempotencyKey });
    const id = String(first.body['id']);
    expect(first.status === 201, `create answered ${first.status}, not 201: ${JSON.stringify(first.body)}`);
    expect(first.body['state'] === 'succeeded', `state is ${String(first.body['state'])}`);
    measure('createMs', first.ms);

    const again = await merchant.pay({ idempotencyKey });
    expect(
      again.status === 201 && again.body['id'] === id,
      'the same key and body did not give the first answer',
    );
    const other = await merchant.pay({ idempotencyKey, minor: 5 });
    expect(other.status === 422, `the same key with another body answered ${other.status}, not 422`);

    const found = await merchant.get(`/v1/payments/${id}`);
    expect(found.status === 200 && found.body['state'] === 'succeeded', `query answered ${found.status}`);
    measure('queryMs', found.ms);
    const alias = await merchant.pay({ path: '/payment/create' });
    expect(alias.status === 201, `/payment/create answered ${alias.status}`);
    const aliasFound = await merchant.get(`/payment/query?id=${String(alias.body['id'])}`);
    expect(aliasFound.status === 200, `/payment/query answered ${aliasFound.status}`);

    const rotated = await mesh.merchant('merchant-a-2025').pay();
    expect(rotated.status === 201, `the older of two valid keys answered ${rotated.status}`);
    expect(
      await allBalanced(mesh, [id, String(alias.body['id'])]),
      'a payment has no balanced pair of entries',
    );
    const imbalance = await mesh.observe.imbalance();
    expect(imbalance === 0, `the ledger is out of balance by ${imbalance}`);
    measure('imbalanceMinor', imbalance);
    return verdict();
  },
};
