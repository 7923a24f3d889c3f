import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { containersOf, type Manifest, parseManifests, podOf } from './manifests.ts';
import { render, root } from './render.ts';
import { findChartTools } from './tools.ts';

interface MeshSpec {
  readonly controlPlane: { readonly listen: string };
  readonly extAuthz: { readonly endpoints: readonly string[] };
  readonly rateLimiter: {
    readonly endpoints: readonly string[];
    readonly quotaEndpoints: readonly string[];
  };
}

interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}

interface NetworkPolicySpec {
  readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly policyTypes: readonly string[];
  readonly ingress: readonly Rule[];
  readonly egress: readonly Rule[];
}

const tools = findChartTools(process.env);
const manifests = tools === undefined ? [] : parseManifests(render(tools.helm, []));
const pods = manifests.flatMap((manifest) => {
  const pod = podOf(manifest);
  return pod === undefined ? [] : [{ name: manifest.metadata.name, pod }];
});
const containers = pods.flatMap(({ name, pod }) =>
  containersOf(pod).map((container) => ({ name: `${name}/${container.name}`, container })),
);

(tools === undefined ? describe.skip : describe)('what the chart runs (needs helm)', () => {
  test('every Pod is restricted and has no token of the cluster', () => {
    for (const { pod } of pods) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
    }
    expect(pods).toHaveLength(12);
  });

  test('no container may write its own files or gain rights', () => {
    for (const { container } of containers)
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  });

  test('policies are mounted as a folder, so that an edit arrives', () => {
    const mounts = containers.flatMap(({ container }) => container.volumeMounts ?? []);
    expect(mounts.filter(({ name }) => name === 'policies').length).toBeGreaterThan(9);
    expect(mounts.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
  });

  test('every volume that is mounted is there', () => {
    for (const { pod } of pods) {
      const there = (pod.volumes ?? []).map(({ name }) => name);
      const mounted = containersOf(pod).flatMap(({ volumeMounts = [] }) =>
        volumeMounts.map(({ name }) => name),
      );
      expect(there.toSorted()).toEqual([...new Set(mounted)].toSorted());
    }
  });

  test('every target port of a Service is a port of its Pods', () => {
    for (const service of manifests.filter(({ kind }) => kind === 'Service')) {
      const named = portsBehind(service);
      for (const { targetPort } of service.spec?.ports ?? []) expect(named).toContain(targetPort);
    }
  });

  test('NetworkPolicies let proxies reach just the ports that the policies name', () => {
    const files = manifests.find(({ metadata }) => metadata.name === 'mesh-paymesh-policies')?.data;
    const { spec } = parse(files?.['mesh-defaults.yaml'] ?? '') as { readonly spec: MeshSpec };
    const { controlPlane, extAuthz, rateLimiter } = spec;
    const named = [controlPlane.listen, ...extAuthz.endpoints, ...rateLimiter.endpoints];
    const hosts = [...named, ...rateLimiter.quotaEndpoints].map((one) =>
      one.replace(/^mesh-paymesh-/, '').replace('.pay.svc.cluster.local', ''),
    );
    const out = networkPolicy('proxies').egress.flatMap(({ to = [], ports }) =>
      to.flatMap((peer) => ports.map(({ port }) => `${componentOf(peer)}:${port}`)),
    );
    expect(out.filter((one) => !one.startsWith('proxy:')).toSorted()).toEqual(hosts.toSorted());
    const inward = ['control-plane', 'ext-authz', 'rate-limiter'].flatMap((name) =>
      networkPolicy(name)
        .ingress.filter(({ from = [] }) => from.some((peer) => componentOf(peer) === 'proxy'))
        .flatMap(({ ports }) => ports.map(({ port }) => `${name}:${port}`)),
    );
    expect(inward.toSorted()).toEqual(hosts.toSorted());
  });

  test('without another NetworkPolicy nothing passes but questions to DNS', () => {
    const { podSelector, policyTypes, ingress, egress } = networkPolicy('default-deny');
    for (const { labels } of manifests.flatMap(labelsOfPod))
      expect(labels).toMatchObject(podSelector.matchLabels);
    expect({ policyTypes, ingress }).toEqual({ policyTypes: ['Ingress', 'Egress'], ingress: [] });
    expect(egress).toEqual([{ ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) }]);
  });

  test.each(['control-plane', 'ext-authz', 'rate-limiter', 'bootstrap'])(
    'every flag of %s is one',
    (command) => {
      const { stdout } = spawnSync(process.execPath, [join(root, 'cli/bin/paymesh.mjs'), command, '--help'], {
        encoding: 'utf8',
      });
      const using = containers.filter(({ container }) => container.name === command);
      expect(using.length).toBeGreaterThan(0);
      for (const { container } of using)
        for (const arg of container.args?.filter((one) => one.startsWith('--')) ?? [])
          expect(stdout).toContain(`${arg.split('=')[0]} <`);
    },
  );

  test('every variable of a sample is one that it reads', () => {
    const sources = readSources(join(root, 'sample-services'));
    for (const name of ['ledger', 'orders', 'payments', 'psp-alipay', 'psp-wechat', 'risk']) {
      const { container } = containers.find((one) => one.container.name === name) ?? {};
      expect(container?.env?.length).toBeGreaterThan(4);
      for (const variable of container?.env ?? []) expect(sources).toContain(`'${variable.name}'`);
    }
  });

  test("the samples' policies are those of the demo", () => {
    const copies = join(root, 'helm/paymesh/policies/samples');
    for (const file of readdirSync(copies)) {
      const [folder = '', name = ''] = file.split('-');
      expect(readFileSync(join(copies, file), 'utf8')).toBe(
        readFileSync(join(root, 'policies', folder, name), 'utf8'),
      );
    }
    for (const folder of ['routes', 'resilience', 'security'])
      for (const file of readdirSync(join(root, 'policies', folder)))
        expect(readdirSync(copies)).toContain(`${folder}-${file}`);
  });
});

function networkPolicy(name: string): NetworkPolicySpec {
  const found = manifests.find(
    ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === `mesh-paymesh-${name}`,
  );
  return found?.spec as unknown as NetworkPolicySpec;
}

/** The component that a peer selects, or `proxy` for every Envoy. */
function componentOf({ podSelector }: Peer): string {
  const labels = podSelector?.matchLabels ?? {};
  return labels['paymesh.dev/proxy'] === 'true' ? 'proxy' : String(labels['app.kubernetes.io/component']);
}

function labelsOfPod({ kind, metadata, spec }: Manifest): readonly { readonly labels: unknown }[] {
  if (kind === 'Pod') return [{ labels: metadata.labels }];
  return kind === 'Deployment' ? [{ labels: spec?.template?.metadata.labels }] : [];
}

function portsBehind({ spec }: Manifest): readonly string[] {
  const component = spec?.selector?.['app.kubernetes.io/component'];
  const { pod } = pods.find(({ name }) => name === `mesh-paymesh-${String(component)}`) ?? {};
  return pod === undefined
    ? []
    : containersOf(pod).flatMap(({ ports = [] }) => ports.map(({ name }) => name));
}

function readSources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && file.includes('src/') && !file.includes('node_modules'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}
