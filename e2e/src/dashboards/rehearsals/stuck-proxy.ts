import { eventually } from '@paymesh/common/testing';

import { editPolicy, until } from '../../harness/index.ts';
import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

/** Later than ConfigLagHigh wants, in milliseconds. */
const LATE_MS = 11_000;

/** A proxy reads its new configuration much later than all others. */
export const stuckProxy: Rehearsal = {
  name: 'stuck-proxy',
  run: async ({ mesh, prometheus }) => {
    const proxy = mesh.process('envoy-orders-1');
    await proxy.kill('SIGSTOP');
    const undo: (() => void)[] = [];
    try {
      const edit = editPolicy(mesh.policies, 'mesh/defaults.yaml', 'base: 10ms', 'base: 11ms');
      undo.push(() => edit.undo());
      const isLate = (): boolean => Date.now() - edit.savedAt > LATE_MS;
      for (const expr of [
        'ALERTS{alertname="ProxiesOutOfDate", alertstate="firing"}',
        'paymesh_xds_late_total > 0',
      ])
        await eventually(() => prometheus.expect(expr), { timeoutMs: SEEN_WITHIN_MS });
      await until(() => (isLate() ? true : undefined), LATE_MS * 2);
      await proxy.kill('SIGCONT');
      await eventually(() => prometheus.expectFiring('ConfigLagHigh'), { timeoutMs: SEEN_WITHIN_MS });
    } finally {
      await proxy.kill('SIGCONT');
      for (const back of undo) back();
    }
  },
};
