import { describe, expect, test } from '@jest/globals';

import { loadPolicies } from '@paymesh/common/policy';

import type { MeshIr, ProxyIr } from '../ir/index.ts';
import type { MeshSnapshot } from '../snapshot/index.ts';
import type { StreamStatus, TypeStatus } from './proxies.ts';
import { reportStatus } from './report.ts';
import { addressesOf, sourcesOf } from './sources.ts';

const NONE = new Map();
const QUIET: TypeStatus = { nacks: [], isLate: false };
const NOTHING = { cluster: NONE, endpoint: NONE, listener: NONE, route: NONE, policySet: NONE };
const LIMITER = { node: 'rate-limiter', version: 'l1', resources: NOTHING };
const MESH: MeshSnapshot = {
  revision: 'r1',
  limiter: LIMITER,
  nodes: new Map(['edge', 'orders-1'].map((node) => [node, { node, version: 'v2', resources: NOTHING }])),
};

const IR = {
  proxies: {
    edge: {
      clusters: [
        {
          name: 'pay/orders',
          provenance: { connectTimeoutMs: 'mesh/defaults.yaml:7:5', breaker: 'built-in' },
        },
        { name: 'pay/risk', provenance: { connectTimeoutMs: 'risk.yaml:1:1' } },
      ],
      listeners: [
        {
          direction: 'gateway',
          virtualHosts: [
            { routes: [{ provenance: { timeoutMs: 'routes.yaml:9:3', signing: 'signing.yaml:1:1' } }] },
            { routes: [{ provenance: { timeoutMs: 'routes.yaml:9:3' } }] },
          ],
        },
      ],
    } as unknown as ProxyIr,
  },
} satisfies MeshIr;

function stream(fields: Partial<StreamStatus> = {}): StreamStatus {
  const types = { cluster: QUIET, endpoint: QUIET, listener: QUIET, route: QUIET, policySet: QUIET };
  return { stream: 1, node: 'edge', connectedSinceMs: 0, types, ...fields };
}

function report(...streams: readonly StreamStatus[]) {
  const input = { mesh: MESH, ir: IR, documents: [], findings: [], lastGoodSinceMs: 0, isBehind: false };
  return reportStatus({ ...input, streams });
}

describe('reportStatus', () => {
  test('has the rate limiters that are connected, and no others', () => {
    const limiters = report(
      stream({ node: 'rate-limiter/a', syncedVersion: 'l1' }),
      stream({ stream: 2, node: 'rate-limiter/b', syncedVersion: 'l0' }),
    ).proxies.filter(({ node }) => node.startsWith('rate-limiter'));
    expect(limiters).toMatchObject([
      { node: 'rate-limiter/a', isConnected: true, isKnown: true, isUpToDate: true },
      { node: 'rate-limiter/b', isConnected: true, isKnown: true, isUpToDate: false },
    ]);
  });

  test('lists proxies of the mesh that are not connected', () => {
    expect(report().proxies).toEqual([
      { node: 'edge', isConnected: false, isKnown: true, isUpToDate: false },
      { node: 'orders-1', isConnected: false, isKnown: true, isUpToDate: false },
    ]);
  });

  test.each([
    ['v2', true],
    ['v1', false],
  ])('a proxy that runs %s is up to date: %s', (syncedVersion, isUpToDate) => {
    expect(report(stream({ syncedVersion })).proxies[0]).toMatchObject({ isConnected: true, isUpToDate });
  });

  test('lists a connected proxy whose Workload is gone', () => {
    const proxy = report(stream({ node: 'gone', syncedVersion: 'v2' })).proxies[1];
    expect(proxy).toMatchObject({ node: 'gone', isKnown: false, isUpToDate: false });
  });

  test('shows the newest of two streams', () => {
    const [proxy] = report(stream(), stream({ stream: 2, connectedSinceMs: 1_000 })).proxies;
    expect(proxy?.connectedSince).toBe('1970-01-01T00:00:01.000Z');
  });

  test('names the places that a refused resource came from', () => {
    const nack = {
      type: 'route',
      nonce: '4',
      version: 'v',
      names: ['gateway'],
      message: 'no',
      atMs: 0,
    } as const;
    const types = { ...stream().types, route: { ...QUIET, nacks: [nack] } };
    expect(report(stream({ types })).proxies[0]?.types?.route.nacks).toEqual([
      {
        nonce: '4',
        version: 'v',
        names: ['gateway'],
        message: 'no',
        at: '1970-01-01T00:00:00.000Z',
        sources: ['routes.yaml:9:3', 'signing.yaml:1:1'],
      },
    ]);
  });
});

describe('sourcesOf', () => {
  test.each([
    ['cluster', ['pay/orders'], ['mesh/defaults.yaml:7:5']],
    ['endpoint', ['pay/orders', 'pay/risk'], ['mesh/defaults.yaml:7:5', 'risk.yaml:1:1']],
    ['listener', ['gateway'], ['routes.yaml:9:3', 'signing.yaml:1:1']],
    ['route', ['inbound'], []],
  ] as const)('of a %s', (type, names, expected) => {
    expect(sourcesOf(IR, { node: 'edge', type, names })).toEqual(expected);
  });

  test('of an unknown node is empty', () => {
    expect(sourcesOf(IR, { node: 'gone', type: 'cluster', names: ['pay/orders'] })).toEqual([]);
  });
});

describe('addressesOf', () => {
  const text = [
    'apiVersion: paymesh.dev/v1',
    'kind: Workload',
    'metadata: { name: edge, namespace: pay }',
    'spec:',
    '  gateway: edge',
    '  address: 127.0.0.1',
    '  port: 10000',
    '  locality: { region: cn-east, zone: a }',
    '  proxy: { admin: 10001 }',
  ].join('\n');
  const { documents } = loadPolicies([{ path: 'edge.yaml', text }]);

  test.each([
    ['listener', 'edge', ['gateway'], ['edge.yaml:7:9']],
    ['listener', 'edge', ['unheard-of'], ['edge.yaml:1:1']],
    ['listener', 'gone', ['gateway'], []],
    ['route', 'edge', ['gateway'], []],
  ] as const)('of a %s of %s', (type, node, names, expected) => {
    expect(addressesOf(documents, { node, type, names })).toEqual(expected);
  });
});
