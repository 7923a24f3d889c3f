import { describe, expect, test } from '@jest/globals';
import { createRegistry } from '@paymesh/common/metrics';
import { loadPolicies, type PolicyDocument } from '@paymesh/common/policy';
import { heapGrowthOf, seriesOf } from '@paymesh/common/testing';

import { createMetrics } from './metrics.ts';
import type { AdsEvent } from './server/index.ts';

const DOCUMENTS = parsed(`
kind: KeySet
metadata: { name: merchants, namespace: pay }
spec: { keys: [{ id: k1, owner: m, algorithm: hmac-sha256, secret: { env: K }, notAfter: 2023-11-14T22:13:20Z }, { id: revoked, owner: m, algorithm: hmac-sha256, secret: { env: L }, notAfter: 2023-11-14T22:13:20Z, revoked: true }] }
---
kind: RetryPolicy
metadata: { name: charge, namespace: pay }
spec: { targetRefs: [{ kind: Service, name: payments }], mode: Shadow, attempts: 1 }
---
${workload('payments-1', 'service: payments, port: 1, proxy: { inbound: 2, outbound: 3, admin: 4 }')}
---
${workload('payments-2', 'service: payments, port: 5, proxy: { inbound: 6, outbound: 7, admin: 8 }')}
---
${workload('edge-1', 'gateway: edge, port: 9, proxy: { admin: 10 }')}
`);
const KEYS = DOCUMENTS.filter(({ kind }) => kind === 'KeySet')[0] as PolicyDocument;

function workload(name: string, spec: string): string {
  return `kind: Workload
metadata: { name: ${name}, namespace: pay }
spec: { address: 127.0.0.1, locality: { region: r, zone: a }, ${spec} }`;
}

function parsed(text: string): readonly PolicyDocument[] {
  const all = text.replaceAll('kind: KeySet', 'apiVersion: paymesh.dev/v1\nkind: KeySet');
  const versioned = all.replaceAll('---\n', '---\napiVersion: paymesh.dev/v1\n');
  return loadPolicies([{ path: 'mesh.yaml', text: versioned }]).documents;
}

function start() {
  const registry = createRegistry('control-plane');
  const metrics = createMetrics({
    registry,
    documents: () => DOCUMENTS,
    connected: () => ['edge-1', 'payments-1', 'rate-limiter/a', 'rate-limiter/b', 'stranger'],
    refused: () => new Set([KEYS]),
    countOutOfDate: () => 1,
    policyKindOf: () => 'RetryPolicy',
  });
  const text = async () =>
    (await registry.metrics())
      .replaceAll(',component="control-plane"', '')
      .replaceAll('component="control-plane"', '');
  return { metrics, registry, text };
}

const WHO = { stream: 1, node: 'edge' };
const RESPONSE = { nonce: '1', version: 'v', resources: new Map(), sentAtMs: 0 };
const NACK = { type: 'route', nonce: '1', version: 'v', names: [], message: '', atMs: 0 } as const;

describe('createMetrics', () => {
  test.each<[AdsEvent, string]>([
    [
      { ...WHO, kind: 'sent', type: 'route', response: RESPONSE },
      'paymesh_xds_push_total{type="route",reason="connect"} 1',
    ],
    [
      { ...WHO, kind: 'nack', nack: NACK },
      'paymesh_xds_nack_total{type="route",policy_kind="RetryPolicy"} 1',
    ],
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

  test('begins what is rare at zero, so that the first of it shows in a rate', async () => {
    const shown = await start().text();
    expect(shown).toContain('paymesh_xds_nack_total{type="listener",policy_kind="several"} 0');
    expect(shown).toContain('paymesh_xds_nack_total{type="route",policy_kind="RetryPolicy"} 0');
    expect(shown).toContain('paymesh_xds_late_total{type="endpoint"} 0');
  });

  test('asks for gauges when it is read', async () => {
    const shown = await start().text();
    expect(shown).toContain('paymesh_proxies_out_of_date{} 1');
    expect(shown).toContain('paymesh_xds_connected_proxies{node_group="edge"} 1');
    expect(shown).toContain('paymesh_xds_connected_proxies{node_group="pay/payments"} 1');
    expect(shown).toContain('paymesh_xds_connected_proxies{node_group="rate-limiter"} 2');
    expect(shown).toContain('paymesh_xds_connected_proxies{node_group="unknown"} 1');
    expect(shown).toContain('paymesh_policies{kind="Workload",mode="none",status="accepted"} 3');
    expect(shown).toContain('paymesh_policies{kind="KeySet",mode="none",status="rejected"} 1');
    expect(shown).toContain('paymesh_policies{kind="RetryPolicy",mode="shadow",status="accepted"} 1');
    expect(shown).toContain('paymesh_registry_instances{service="pay/payments",health="connected"} 1');
    expect(shown).toContain('paymesh_registry_instances{service="pay/payments",health="absent"} 1');
    expect(shown).toContain(
      'paymesh_key_expiry_timestamp_seconds{keyset="pay/merchants",key_id="k1"} 1700000000',
    );
    expect(shown).not.toContain('key_id="revoked"');
  });

  test('tells pushes of a change from those of a connect, until the stream ends', async () => {
    const { metrics, text } = start();
    const sent: AdsEvent = { ...WHO, kind: 'sent', type: 'route', response: RESPONSE };
    for (const event of [sent, sent, { ...WHO, kind: 'close', atMs: 0 } as const, sent])
      metrics.observe(event);
    expect(await text()).toContain('paymesh_xds_push_total{type="route",reason="change"} 1');
    expect(await text()).toContain('paymesh_xds_push_total{type="route",reason="connect"} 2');
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

  test('stays as it is over a million proxies, revisions and streams', async () => {
    const { metrics, registry } = start();
    const feed = (index: number) => {
      const who = { stream: index, node: `stranger-${index}` };
      metrics.observe({ ...who, kind: 'open', atMs: 0 });
      metrics.observe({ ...who, kind: 'sent', type: 'route', response: RESPONSE });
      metrics.observe({ ...who, kind: 'nack', nack: { ...NACK, names: [who.node], message: who.node } });
      metrics.observe({ ...who, kind: 'close', atMs: 0 });
    };
    feed(0);
    metrics.revision('r-0');
    const series = await seriesOf(registry);
    const growth = await heapGrowthOf(() => {
      for (let index = 1; index <= 1_000_000; index += 1) feed(index);
      for (let index = 1; index <= 1_000; index += 1) metrics.revision(`r-${index}`);
    });
    expect(await seriesOf(registry)).toBe(series);
    expect(growth).toBeLessThan(8 * 1024 * 1024);
  }, 60_000);
});
