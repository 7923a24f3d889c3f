import { randomUUID } from 'node:crypto';

import { eventually } from '@paymesh/common/testing';

import { type Answer, chargeRequest, editPolicy, type ScenarioMesh } from '../../harness/index.ts';
import type { PrometheusQueries } from '../queries.ts';
import { SEEN_WITHIN_MS } from './limits.ts';
import type { Rehearsal } from './rehearsal.ts';

/** Longer than a scrape, shorter than the deadline of a charge, in milliseconds. */
const SLOW_MS = 1_500;
const AT_ONCE = 8;
/** So few that these breakers open. */
const NARROW = [
  { limits: 'connections: 1, pending: 1, requests: 400', open: ['cx', 'rq_pending'] },
  { limits: 'connections: 200, pending: 100, requests: 1', open: ['rq'] },
];

/** More at once than a slow provider is to be sent. */
export const breakers: Rehearsal = {
  name: 'breakers',
  run: async ({ mesh, prometheus }) => {
    await mesh.observe.behave('psp-wechat', { delayMs: SLOW_MS, queryDelayMs: SLOW_MS });
    try {
      for (const { limits, open } of NARROW) {
        const edit = editPolicy(
          mesh.policies,
          'resilience/providers.yaml',
          /connections: .*, requests: \d+/,
          limits,
        );
        try {
          await eventually(
            async () => {
              await crowd(mesh);
              for (const breaker of open) await expectOpen(prometheus, breaker);
            },
            { timeoutMs: SEEN_WITHIN_MS },
          );
        } finally {
          edit.undo();
        }
      }
    } finally {
      await mesh.observe.behave('psp-wechat', {});
    }
  },
};

async function expectOpen(prometheus: PrometheusQueries, breaker: string): Promise<void> {
  for (const priority of ['default', 'high'])
    await prometheus.expect(
      `max_over_time(envoy_cluster_circuit_breakers_${priority}_${breaker}_open{service="psp/psp-wechat"}[10s]) > 0`,
    );
  await prometheus.expectFiring('BreakerOpen');
}

/** Charges count by the HIGH priority, for their route has a failover; queries by the default one. */
async function crowd(mesh: ScenarioMesh): Promise<void> {
  const calls = Array.from({ length: AT_ONCE }, () => [
    mesh.callFrom('payments-1', chargeRequest()),
    query(mesh),
  ]);
  await Promise.all(calls.flat());
}

function query(mesh: ScenarioMesh): Promise<Answer> {
  return mesh.callFrom('payments-1', {
    method: 'GET',
    path: `/v1/charges/${randomUUID()}`,
    headers: { host: 'psp-wechat.psp.mesh' },
    body: '',
  });
}
