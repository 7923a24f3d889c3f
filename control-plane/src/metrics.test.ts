import { describe, expect, test } from '@jest/globals';
import { createRegistry } from '@paymesh/common/metrics';

import { createMetrics } from './metrics.ts';
import type { AdsEvent } from './server/index.ts';

function start() {
  const registry = createRegistry('control-plane');
  const metrics = createMetrics({ registry, countConnected: () => 3, countOutOfDate: () => 1 });
  const text = async () =>
    (await registry.metrics())
      .replaceAll(',service="control-plane"', '')
      .replaceAll('service="control-plane"', '');
  return { metrics, text };
}

const WHO = { stream: 1, node: 'edge' };
const RESPONSE = { nonce: '1', version: 'v', resources: new Map(), sentAtMs: 0 };
const NACK = { type: 'route', nonce: '1', version: 'v', names: [], message: '', atMs: 0 } as const;

describe('createMetrics', () => {
  test.each<[AdsEvent, string]>([
    [{ ...WHO, kind: 'sent', type: 'route', response: RESPONSE }, 'paymesh_xds_push_total{type="route"} 1'],
    [{ ...WHO, kind: 'nack', nack: NACK }, 'paymesh_xds_nack_total{type="route"} 1'],
    [
      { ...WHO, kind: 'late', type: 'cluster', response: RESPONSE },
      'paymesh_xds_late_total{type="cluster"} 1',
    ],
    [
      { ...WHO, kind: 'ack', type: 'cluster', response: RESPONSE, latencyMs: 3 },
      'paymesh_xds_ack_latency_seconds_bucket{le="0.005",type="cluster"} 1',
    ],
    [{ ...WHO, kind: 'synced', version: 'v', lagMs: 2_000 }, 'paymesh_proxy_config_lag_seconds_sum{} 2'],
  ])('counts $0.kind', async (event, line) => {
    const { metrics, text } = start();
    metrics.observe(event);
    expect(await text()).toContain(line);
  });

  test('asks for gauges when it is read', async () => {
    const shown = await start().text();
    expect(shown).toContain('paymesh_xds_connected_proxies{} 3');
    expect(shown).toContain('paymesh_proxies_out_of_date{} 1');
  });

  test('has one revision at a time', async () => {
    const { metrics, text } = start();
    metrics.revision('r1');
    metrics.revision('r2');
    const lines = (await text()).match(/paymesh_config_revision_info\{.*/g);
    expect(lines).toEqual(['paymesh_config_revision_info{revision="r2"} 1']);
  });

  test('counts loads by result', async () => {
    const { metrics, text } = start();
    metrics.loaded('rejected', 0.002);
    expect(await text()).toContain('paymesh_config_apply_total{result="rejected"} 1');
  });
});
