import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from '@jest/globals';
import { ClusterLoadAssignmentSchema, RouteConfigurationSchema } from '@paymesh/common/envoy';

import { type TranslatedResources, translateProxy } from '../translator/index.ts';
import { checkConsistency } from './consistency.ts';

describe('checkConsistency', () => {
  test('a translated proxy fits together', () => {
    expect(checkConsistency(whole())).toEqual([]);
  });

  test.each<[string, (resources: TranslatedResources) => Partial<TranslatedResources>, string[]]>([
    ['no route configuration', () => ({ routes: [] }), ['listener outbound consistency.route']],
    ['no endpoints', () => ({ endpoints: [] }), ['cluster pay/x consistency.endpoints']],
    ['no clusters', () => ({ clusters: [], endpoints: [] }), ['route outbound consistency.cluster']],
    [
      'a listener twice',
      ({ listeners }) => ({ listeners: [...listeners, ...listeners] }),
      ['listener outbound consistency.unique_name'],
    ],
    [
      'a route configuration twice',
      ({ routes }) => ({ routes: [...routes, create(RouteConfigurationSchema, { name: 'outbound' })] }),
      ['route outbound consistency.unique_name'],
    ],
    [
      'endpoints twice',
      ({ endpoints }) => ({
        endpoints: [...endpoints, create(ClusterLoadAssignmentSchema, { clusterName: 'pay/x' })],
      }),
      ['endpoint pay/x consistency.unique_name'],
    ],
  ])('%s', (_, change, expected) => {
    const resources = whole();
    const gaps = checkConsistency({ ...resources, ...change(resources) });
    expect(gaps.map(({ type, name, rule }) => `${type} ${name} ${rule}`)).toEqual(expected);
  });
});

function whole(): TranslatedResources {
  return translateProxy({
    node: 'n',
    namespace: 'pay',
    locality: { region: 'r', zone: 'z' },
    listeners: [
      {
        direction: 'outbound',
        address: '127.0.0.1',
        port: 1,
        virtualHosts: [
          {
            name: 'v',
            domains: ['*'],
            routes: [
              {
                name: 'r',
                match: { path: { kind: 'prefix', value: '/' } },
                clusters: ['pay/x'],
                timeoutMs: 1,
                idleMs: 1,
                rateLimits: [],
                provenance: {},
              },
            ],
          },
        ],
      },
    ],
    clusters: [
      {
        name: 'pay/x',
        protocol: 'http',
        discovery: 'eds',
        connectTimeoutMs: 1,
        endpoints: [],
        breaker: { retryBudgetPercent: 1, retryMinConcurrency: 1 },
        provenance: {},
      },
    ],
  });
}
