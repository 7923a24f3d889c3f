import { randomUUID } from 'node:crypto';

import { eventually } from '@paymesh/common/testing';

import type { ScenarioMesh } from '../../harness/index.ts';
import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

const PROVIDERS = ['wechat', 'alipay'] as const;
const ALERTS = ['AllPspDegraded', 'PaymentsFailing', 'RetryStorm', 'SloBurnPage', 'SloBurnTicket'];

/** Both providers answer with errors, so there is nobody to fail over to; queries are retried in vain. */
export const providersFailing: Rehearsal = {
  name: 'providers-failing',
  run: async ({ mesh, prometheus }) => {
    for (const provider of PROVIDERS)
      await mesh.observe.behave(`psp-${provider}`, { errorPercent: 100, queryErrorPercent: 100 });
    try {
      await eventually(
        async () => {
          await Promise.all(PROVIDERS.map((provider) => payAndQuery(mesh, provider)));
          for (const alert of ALERTS) await prometheus.expectFiring(alert);
        },
        { timeoutMs: SEEN_WITHIN_MS },
      );
    } finally {
      for (const provider of PROVIDERS) await mesh.observe.behave(`psp-${provider}`, {});
    }
  },
};

async function payAndQuery(mesh: ScenarioMesh, channel: (typeof PROVIDERS)[number]): Promise<void> {
  await mesh.merchant('merchant-vip-2026').pay({ channel });
  await mesh.callFrom('payments-1', {
    method: 'GET',
    path: `/v1/charges/${randomUUID()}`,
    headers: { host: `psp-${channel}.psp.mesh` },
    body: '',
  });
}
