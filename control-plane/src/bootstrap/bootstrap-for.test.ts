import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { type EnvoySearch, findEnvoy, requireEnvoy } from '@paymesh/common/envoy-binary';
import type { DocumentOf } from '@paymesh/common/policy';

import { fixture } from '../testing/index.ts';
import { bootstrapFor } from './bootstrap-for.ts';

const controlPlane = { host: '127.0.0.1', port: 18_000 };

const instance = fixture({
  kind: 'Workload',
  id: 'pay/payments-1',
  spec: {
    kind: 'instance',
    address: '127.0.0.1',
    adminPort: 22_013,
    locality: { region: 'cn-east', zone: 'a' },
    metadata: { version: 'v1' },
    port: 22_010,
    proxy: { inbound: 22_011, outbound: 22_012 },
    service: { namespace: 'pay', name: 'payments' },
    weight: 1,
  },
});

const gateway = fixture({
  kind: 'Workload',
  id: 'pay/edge-1',
  spec: {
    kind: 'gateway',
    address: '127.0.0.1',
    adminPort: 10_001,
    gateway: 'edge',
    locality: { region: 'cn-east', zone: 'b' },
    port: 10_000,
  },
});

describe('bootstrapFor', () => {
  test('an instance is a node of its service', () => {
    expect(bootstrapFor({ workload: instance, controlPlane })).toMatchObject({
      node: {
        id: 'payments-1',
        cluster: 'pay/payments',
        locality: { region: 'cn-east', zone: 'a' },
        metadata: { namespace: 'pay', kind: 'instance', version: 'v1' },
      },
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: 22_013 } } },
    });
  });

  test('a gateway is a node of its gateway', () => {
    expect(bootstrapFor({ workload: gateway, controlPlane, adminPort: 9_901 })).toMatchObject({
      node: { id: 'edge-1', cluster: 'edge' },
      admin: { address: { socket_address: { port_value: 9_901 } } },
    });
  });

  test('hands on two paths of the admin interface to who may probe, and nothing else', () => {
    const bootstrap = bootstrapFor({
      workload: gateway,
      controlPlane,
      probe: { host: '0.0.0.0', port: 15_021 },
    });
    const paths = JSON.stringify(bootstrap).match(/"path":"[^"]*"/g);
    expect(paths).toEqual(['"path":"/ready"', '"path":"/stats/prometheus"']);
    expect(JSON.stringify(bootstrapFor({ workload: gateway, controlPlane }))).not.toContain('listeners');
  });

  test('keeps the stats that are read, or all', () => {
    const kept = JSON.stringify(bootstrapFor({ workload: gateway, controlPlane }));
    expect(kept).toContain('{"suffix":".membership_healthy"}');
    const all = JSON.stringify(bootstrapFor({ workload: gateway, controlPlane, allStats: true }));
    expect(all).not.toContain('stats_matcher');
  });

  test('is plain JSON', () => {
    const bootstrap = bootstrapFor({ workload: gateway, controlPlane });
    expect(JSON.parse(JSON.stringify(bootstrap))).toEqual(bootstrap);
  });
});

const envoy = usableEnvoy(process.env);

(envoy === undefined ? describe.skip : describe)('bootstrapFor (needs Envoy)', () => {
  test.each([
    ['an instance', instance, controlPlane],
    ['a gateway', gateway, controlPlane],
    ['a control plane with a host name', gateway, { host: 'control-plane.paymesh.svc', port: 18_000 }],
    ['a control plane on IPv6', gateway, { host: '::1', port: 18_000 }],
  ])('Envoy takes that of %s without a warning', (_, workload: DocumentOf<'Workload'>, address) => {
    const { status, log } = validate(JSON.stringify(bootstrapFor({ workload, controlPlane: address })));
    expect(log).not.toMatch(/\[(warning|error|critical)\]/);
    expect(status).toBe(0);
  });

  test('Envoy takes one with a listener for probes', () => {
    const probe = { host: '0.0.0.0', port: 15_021 };
    const { status, log } = validate(
      JSON.stringify(bootstrapFor({ workload: gateway, controlPlane, probe })),
    );
    expect(log).not.toMatch(/\[(warning|error|critical)\]/);
    expect(status).toBe(0);
  });

  test('Envoy refuses a bootstrap with an unknown field', () => {
    const bootstrap = { ...bootstrapFor({ workload: instance, controlPlane }), unknown_field: 1 };
    expect(validate(JSON.stringify(bootstrap)).status).not.toBe(0);
  });
});

/** With CI=true a missing Envoy is an error, not a skip. */
function usableEnvoy(env: EnvoySearch): string | undefined {
  return env['CI'] === 'true' ? requireEnvoy(env) : findEnvoy(env);
}

function validate(bootstrap: string): { readonly status: number | null; readonly log: string } {
  const dir = mkdtempSync(join(tmpdir(), 'paymesh-bootstrap-'));
  try {
    const path = join(dir, 'bootstrap.json');
    writeFileSync(path, bootstrap);
    const run = spawnSync(String(envoy), ['--mode', 'validate', '-c', path, '--disable-hot-restart'], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    return { status: run.status, log: run.stderr };
  } finally {
    rmSync(dir, { recursive: true });
  }
}
