import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach } from '@jest/globals';
import { describePaymentStore } from './payment-store.contract.ts';
import type { PaymentStore } from './payment-store.ts';
import { openPaymentStore } from './sqlite-payment-store.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

describePaymentStore({
  name: 'SQLite',
  create: (clock) => {
    const folder = mkdtempSync(join(tmpdir(), 'paymesh-payments-'));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    return (owner): PaymentStore => {
      const store = openPaymentStore({ path: join(folder, 'payments.db'), owner, clock });
      cleanups.push(() => store.close());
      return store;
    };
  },
});
