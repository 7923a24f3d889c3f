import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@paymesh/common/testing';

import { type ScenarioMesh, startScenarioMesh, sumOfMetric } from './harness/index.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const START_TIMEOUT_MS = 90_000;

type Labels = Readonly<Record<string, string>>;

describe('metrics of the sample mesh', () => {
  let mesh: ScenarioMesh;

  beforeAll(async () => {
    mesh = await startScenarioMesh({ root, env: process.env });
    expect((await mesh.merchant('merchant-vip-2026').pay()).status).toBe(201);
  }, START_TIMEOUT_MS);

  afterAll(() => mesh?.stop());

  /** Where a program or a proxy (`envoy-NAME`) is scraped. */
  function urlOf(name: string): string {
    const defaults = mesh.documents.find((document) => document.kind === 'MeshDefaults');
    if (defaults?.kind !== 'MeshDefaults') throw new Error('no MeshDefaults');
    const { controlPlane, extAuthz, rateLimiter } = defaults.spec;
    if (name === 'control-plane') return `http://${controlPlane.admin}/metrics`;
    if (name === 'ext-authz') return `http://${extAuthz.admin}/metrics`;
    if (name === 'rate-limiter') return `http://${rateLimiter.admin}/metrics`;
    const workload = mesh.documents.find(
      ({ kind, metadata }) => kind === 'Workload' && metadata.name === name.replace(/^envoy-/, ''),
    );
    if (workload?.kind !== 'Workload') throw new Error(`no Workload ${name}`);
    const { port, adminPort } = workload.spec;
    return name.startsWith('envoy-')
      ? `http://127.0.0.1:${adminPort}/stats/prometheus`
      : `http://127.0.0.1:${port}/metrics`;
  }

  const sum = (name: string, metric: string, labels: Labels) => sumOfMetric(urlOf(name), metric, labels);

  /** The payments instances serve in turn. */
  async function charged(labels: Labels): Promise<number> {
    const counts = [1, 2, 3].map((index) => sum(`payments-${index}`, 'payment_charges_total', labels));
    return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
  }

  test.each<[string, string, Labels]>([
    ['ext-authz', 'paymesh_authz_decisions_total', { service: 'pay/payments', route: 'pay/charge' }],
    ['rate-limiter', 'paymesh_ratelimit_decisions_total', { outcome: 'within' }],
    ['control-plane', 'paymesh_policies', { kind: 'RetryPolicy', mode: 'enforce', status: 'accepted' }],
    ['control-plane', 'paymesh_xds_connected_proxies', { node_group: 'pay/payments' }],
    ['control-plane', 'paymesh_xds_push_total', { reason: 'connect' }],
    ['control-plane', 'paymesh_registry_instances', { service: 'pay/payments', health: 'connected' }],
    ['envoy-edge', 'envoy_cluster_upstream_rq_total', { service: 'pay/payments', node_group: 'edge' }],
    ['envoy-edge', 'envoy_vhost_route_upstream_rq_total', { route: 'pay/charge', proxy: 'edge' }],
    ['envoy-edge', 'envoy_cluster_circuit_breakers_default_remaining_rq', { service: 'pay/payments' }],
  ])('%s moves %s %j', async (name, metric, labels) => {
    await eventually(async () => expect(await sum(name, metric, labels)).toBeGreaterThan(0), {
      timeoutMs: 5_000,
    });
  });

  test('a failover shows by the provider that charges instead', async () => {
    expect(await charged({ channel: 'wechat', provider: 'psp-wechat' })).toBeGreaterThan(0);
    const before = await charged({ channel: 'wechat', provider: 'psp-alipay' });
    const dead = ['psp-wechat-1', 'envoy-psp-wechat-1'].map((name) => mesh.process(name));
    await Promise.all(dead.map((child) => child.kill('SIGKILL')));
    const paid = await mesh.merchant('merchant-vip-2026').pay();
    expect(paid.body['provider']).toBe('psp-alipay');
    expect(await charged({ channel: 'wechat', provider: 'psp-alipay' })).toBe(before + 1);
    const calls = [1, 2, 3].map((index) =>
      sum(`envoy-payments-${index}`, 'envoy_cluster_upstream_rq_total', { service: 'psp/psp-alipay' }),
    );
    expect((await Promise.all(calls)).reduce((total, count) => total + count, 0)).toBeGreaterThan(0);
  }, 30_000);
});
