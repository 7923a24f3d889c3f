import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import type { ClusterIr, ListenerIr, MeshIr, RouteIr } from '../ir/index.ts';
import { expectGolden, goldenCases, renderJson } from '../testing/index.ts';
import { type BuildResult, buildSnapshot, createSnapshotBuilder } from './build.ts';
import type { MeshSnapshot, NodeSnapshot, Resource, ResourceType } from './model.ts';
import { snapshotToJson } from './to-json.ts';
import { formatViolation } from './violation.ts';

const dir = join(import.meta.dirname, '../../testdata/translator');
const TYPES = ['listener', 'route', 'cluster', 'endpoint'] as const;

describe('goldens of the translator', () => {
  test.each(goldenCases(dir))('$name', ({ name, input }) => {
    const nodes = [...good(JSON.parse(input) as MeshIr).nodes.values()].map(snapshotToJson);
    for (const type of TYPES) {
      const path = join(dir, 'out', `${name}.${type}s.json`);
      expectGolden(path, renderJson(nodes.flatMap((node) => node[type])));
    }
  });
});

describe('versions', () => {
  test('equal IR gives equal versions', () => {
    expect(good(mesh())).toEqual(good(mesh()));
  });

  test('nodes are in order, and their order in the IR does not matter', () => {
    const a = mesh({ node: 'a' }).proxies;
    const b = mesh({ node: 'b' }).proxies;
    expect(good({ proxies: { ...b, ...a } })).toEqual(good({ proxies: { ...a, ...b } }));
    expect([...good({ proxies: { ...b, ...a } }).nodes.keys()]).toEqual(['a', 'b']);
  });

  test('an edit of a route changes that route configuration and nothing else', () => {
    const changed = changedTypes(mesh(), mesh({ route: { timeoutMs: 9_000 } }));
    expect(changed).toEqual(['route']);
  });

  test.each([
    ['the first signed route', { signing: { policy: 'pay/p', isShadow: false, maxBodyBytes: 10 } }],
    ['the first shadow check', { signing: { policy: 'pay/p', isShadow: true, maxBodyBytes: 10 } }],
    ['the first limit', { rateLimits: [usualLimit()] }],
  ])('%s drains no listener', (_, route) => {
    expect(changedTypes(mesh(), mesh({ route }))).toEqual(['route']);
  });

  test('another endpoint in the same number changes endpoints only', () => {
    const changed = changedTypes(mesh(), mesh({ cluster: { endpoints: [endpoint(2)] } }));
    expect(changed).toEqual(['endpoint']);
  });

  test('two proxies share what is the same', () => {
    const { nodes } = good({ proxies: { ...mesh({ node: 'a' }).proxies, ...mesh({ node: 'b' }).proxies } });
    const [first, second] = [...nodes.values()].map(allResources);
    for (const [index, resource] of (first ?? []).entries()) expect(second?.[index]).toBe(resource);
    expect(first).toHaveLength(6);
  });
});

describe('createSnapshotBuilder', () => {
  test('gives what buildSnapshot gives, whatever came before', () => {
    const build = createSnapshotBuilder();
    const edits = [{ route: { timeoutMs: 9_000 } }, { route: { clusters: ['pay/gone'] as const } }, {}];
    for (const ir of [{}, ...edits, ...edits].map((input: Input) => mesh(input)))
      expect(build(ir)).toEqual(buildSnapshot(ir));
  });

  test('keeps what an edit leaves alone', () => {
    const build = createSnapshotBuilder();
    const [a, b] = [mesh(), mesh({ route: { timeoutMs: 9_000 } })].map((ir) =>
      allResources(only(taken(build(ir)))),
    );
    expect(a?.map((resource, index) => (resource === b?.[index] ? 'same' : resource.type))).toEqual([
      'same',
      'route',
      'same',
      'same',
      'same',
      'same',
    ]);
  });

  test('provenance changes nothing', () => {
    const build = createSnapshotBuilder();
    const moved = mesh({ route: { provenance: { timeoutMs: 'a.yaml:9:1' } } });
    expect(allResources(only(taken(build(moved))))).toEqual(allResources(only(taken(build(mesh())))));
  });
});

describe('violations', () => {
  test.each<[string, Input, string]>([
    [
      'a route to no cluster',
      { route: { clusters: ['pay/gone'] } },
      'n: route gateway: route r names the cluster pay/gone, which does not exist (consistency.cluster)',
    ],
    [
      'a failover to no cluster',
      {
        route: {
          clusters: ['pay/x', 'pay/gone'],
          retry: { attempts: 1, on: ['connect-failure'], backoffBaseMs: 1, backoffMaxMs: 1 },
        },
      },
      'n: route gateway: route r names the cluster pay/gone, which does not exist (consistency.cluster)',
    ],
    [
      'a port that is none',
      { listener: { port: 70_000 } },
      'n: listener gateway at address.socket_address.port_value: must be at most 65535; it is 70000 (uint32.lte)',
    ],
    [
      'no ext-authz',
      { policyClusters: ['paymesh/rate-limiter'] },
      'n: listener gateway: a filter calls the cluster paymesh/ext-authz, which does not exist (consistency.policy_service)',
    ],
    [
      'no rate limiter',
      { policyClusters: ['paymesh/ext-authz'] },
      'n: listener gateway: a filter calls the cluster paymesh/rate-limiter, which does not exist (consistency.policy_service)',
    ],
    [
      'a cluster twice',
      { clusters: 2 },
      'n: cluster pay/x: two resources of this type have the name pay/x (consistency.unique_name)',
    ],
    [
      'a virtual host without domains',
      { listener: { virtualHosts: [{ name: 'v', domains: [], routes: [] }] } },
      'n: route gateway at virtual_hosts[0].domains: must have at least 1 items (repeated.min_items)',
    ],
  ])('%s', (_, input, expected) => {
    const result = buildSnapshot(mesh(input));
    expect('violations' in result ? result.violations.map(formatViolation) : []).toContain(expected);
  });

  test('all are found in one run', () => {
    const result = buildSnapshot(mesh({ route: { clusters: ['pay/gone'] }, listener: { port: 70_000 } }));
    expect('violations' in result ? result.violations.map(({ type }) => type) : []).toEqual([
      'listener',
      'route',
    ]);
  });
});

interface Input {
  readonly node?: string;
  readonly listener?: Partial<ListenerIr>;
  readonly route?: Partial<RouteIr>;
  readonly cluster?: Partial<ClusterIr>;
  /** How often the cluster stands there. Default 1. */
  readonly clusters?: number;
  readonly policyClusters?: readonly string[];
}

const POLICY_CLUSTERS = ['paymesh/ext-authz', 'paymesh/rate-limiter'];

function mesh(input: Input = {}): MeshIr {
  const { node = 'n', listener, route, cluster, clusters = 1, policyClusters = POLICY_CLUSTERS } = input;
  const one: ClusterIr = {
    name: 'pay/x',
    protocol: 'http',
    discovery: 'eds',
    connectTimeoutMs: 500,
    endpoints: [endpoint(1)],
    breaker: { retryBudgetPercent: 20, retryMinConcurrency: 3 },
    provenance: {},
    ...cluster,
  };
  const routeIr: RouteIr = {
    name: 'r',
    match: { path: { kind: 'prefix', value: '/' } },
    clusters: ['pay/x'],
    timeoutMs: 5_000,
    idleMs: 30_000,
    rateLimits: [],
    provenance: {},
    ...route,
  };
  return {
    proxies: {
      [node]: {
        node,
        namespace: 'pay',
        locality: { region: 'r', zone: 'z' },
        clusters: [
          ...Array.from({ length: clusters }, () => one),
          ...policyClusters.map(
            (name): ClusterIr => ({
              ...one,
              name,
              discovery: 'static',
              endpoints: [endpoint(9)],
            }),
          ),
        ],
        listeners: [
          {
            direction: 'gateway',
            address: '127.0.0.1',
            port: 10_000,
            virtualHosts: [{ name: 'v', domains: ['*'], routes: [routeIr] }],
            extAuthz: { cluster: 'paymesh/ext-authz', timeoutMs: 300 },
            rateLimiter: { cluster: 'paymesh/rate-limiter', timeoutMs: 50 },
            ...listener,
          },
        ],
      },
    },
  };
}

function endpoint(port: number): ClusterIr['endpoints'][number] {
  return { address: '127.0.0.1', port, region: 'r', zone: 'z', priority: 0, weight: 1, workload: 'w' };
}

function usualLimit(): RouteIr['rateLimits'][number] {
  return {
    policy: 'pay/l',
    limit: 'l',
    entries: [{ kind: 'fixed', key: 'policy', value: 'pay/l' }],
    onUnavailable: 'deny',
    status: 429,
    retryAfter: true,
    headers: 'draft',
  };
}

function changedTypes(before: MeshIr, after: MeshIr): ResourceType[] {
  const [a, b] = [only(good(before)), only(good(after))];
  return TYPES.filter((type) => versions(a, type) !== versions(b, type));
}

function allResources({ resources }: NodeSnapshot): Resource[] {
  return TYPES.flatMap((type) => [...resources[type].values()]);
}

function versions({ resources }: NodeSnapshot, type: ResourceType): string {
  return [...resources[type].values()].map(({ name, version }) => `${name}=${version}`).join();
}

function only({ nodes }: MeshSnapshot): NodeSnapshot {
  const [node] = nodes.values();
  if (node === undefined) throw new Error('no node');
  return node;
}

function good(ir: MeshIr): MeshSnapshot {
  return taken(buildSnapshot(ir));
}

function taken(result: BuildResult): MeshSnapshot {
  if (!('snapshot' in result)) throw new Error(result.violations.map(formatViolation).join('\n'));
  return result.snapshot;
}
