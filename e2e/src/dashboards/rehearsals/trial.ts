import { eventually } from '@paymesh/common/testing';

import { TRIAL_PATH, TRIAL_REFUSED_HEADER } from '../rehearsal-policies.ts';
import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

/** Strangers call a route whose signature is on trial and whose limit its proxy keeps; some are refused there. */
export const trial: Rehearsal = {
  name: 'trial',
  run: async ({ mesh, prometheus }) => {
    await eventually(
      async () => {
        for (const headers of [{}, { [TRIAL_REFUSED_HEADER]: 'yes' }])
          await (await fetch(mesh.edge + TRIAL_PATH, { headers })).arrayBuffer();
        await prometheus.expect('paymesh_ratelimit_quota_buckets > 0');
        await prometheus.expect(
          'rate(paymesh_ratelimit_decisions_total{limit="pay/trial/counted"}[10s]) > 0',
        );
        await prometheus.expect('rate(paymesh_authz_shadow_total[10s]) > 0');
        await prometheus.expect('rate(envoy_http_rbac_denied[10s]) > 0');
      },
      { timeoutMs: SEEN_WITHIN_MS, everyMs: 50 },
    );
  },
};
