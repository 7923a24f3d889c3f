// What this check calls broken, the real Envoy calls broken by the same rules, and the other way round.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromJson, type JsonObject } from '@bufbuild/protobuf';
import { afterAll, describe, expect, test } from '@jest/globals';

import { findEnvoy } from '../envoy-binary/index.ts';
import { ClusterSchema, envoyRegistry, ListenerSchema, validateMessage } from './index.ts';

const envoy = findEnvoy(process.env);
const folder = mkdtempSync(join(tmpdir(), 'paymesh-agree-'));
const file = join(folder, 'bootstrap.json');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const typed = (name: string, fields: JsonObject): JsonObject => ({
  '@type': `type.googleapis.com/envoy.extensions.${name}`,
  ...fields,
});
const endpointAt = (portValue: number): JsonObject => ({
  endpoint: { address: { socketAddress: { address: '127.0.0.1', portValue } } },
});
const assignment = (...endpoints: JsonObject[]): JsonObject => ({
  loadAssignment: { clusterName: 'c', endpoints },
});
const health = (fields: JsonObject): JsonObject => ({
  healthChecks: [{ timeout: '1s', interval: '1s', unhealthyThreshold: 1, healthyThreshold: 1, ...fields }],
});
const upstream = (fields: JsonObject): JsonObject => ({
  typedExtensionProtocolOptions: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': typed(
      'upstreams.http.v3.HttpProtocolOptions',
      fields,
    ),
  },
});
const routed = (route: JsonObject): JsonObject => ({
  routeConfig: { virtualHosts: [{ name: 'v', domains: ['*'], routes: [route] }] },
});
const direct = { directResponse: { status: 200 } };
const router = {
  name: 'envoy.filters.http.router',
  typedConfig: typed('filters.http.router.v3.Router', {}),
};
const filtered = (type: string, fields: JsonObject): JsonObject => ({
  httpFilters: [{ name: 'x', typedConfig: typed(`filters.http.${type}`, fields) }, router],
});
const grpcService = { googleGrpc: { targetUri: 'x', statPrefix: 'y' } };
const rateLimitService = { transportApiVersion: 'V3', grpcService };

const cluster = (change: JsonObject): JsonObject => ({
  name: 'c',
  type: 'STATIC',
  connectTimeout: '0.25s',
  ...assignment({ lbEndpoints: [endpointAt(80)] }),
  ...change,
});
const listener = (change: JsonObject): JsonObject => ({
  name: 'l',
  address: { socketAddress: { address: '127.0.0.1', portValue: 0 } },
  filterChains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typedConfig: typed('filters.network.http_connection_manager.v3.HttpConnectionManager', {
            statPrefix: 'a',
            ...routed({ match: { prefix: '/' }, ...direct }),
            httpFilters: [router],
            ...change,
          }),
        },
      ],
    },
  ],
});

/** Runs `envoy --mode validate`; undefined where it takes the file, else its words. */
function refusal(bootstrap: JsonObject): string | undefined {
  writeFileSync(file, JSON.stringify(bootstrap));
  const options = [
    '--mode',
    'validate',
    '-c',
    file,
    '--disable-hot-restart',
    '--concurrency',
    '1',
    '-l',
    'error',
  ];
  const run = spawnSync(envoy ?? '', options, { encoding: 'utf8' });
  return run.status === 0 ? undefined : run.stderr + run.stdout;
}

function expectAgreement(violations: readonly unknown[], bootstrap: JsonObject): void {
  const words = refusal(bootstrap);
  if (violations.length === 0) expect(words).toBeUndefined();
  else expect(words).toContain('Proto constraint validation failed');
}

(envoy === undefined ? describe.skip : describe)('real Envoy agrees (needs envoy)', () => {
  test.each<[string, number, JsonObject]>([
    ['a whole one', 0, {}],
    ['no name', 1, { name: '' }],
    ['a connect timeout of nothing', 1, { connectTimeout: '0s' }],
    ['port 70000', 1, assignment({ lbEndpoints: [endpointAt(70_000)] })],
    ['weight 0', 1, assignment({ lbEndpoints: [{ loadBalancingWeight: 0, ...endpointAt(80) }] })],
    ['priority 129', 1, assignment({ priority: 129 })],
    [
      'a health check without timeout',
      1,
      { healthChecks: [{ interval: '1s', unhealthyThreshold: 1, healthyThreshold: 1, tcpHealthCheck: {} }] },
    ],
    [
      'a header name with a line feed',
      1,
      health({ httpHealthCheck: { path: '/a', requestHeadersToRemove: ['a\nb'] } }),
    ],
    ['a health check without path', 1, health({ httpHealthCheck: { path: '' } })],
    ['ejection of 101 percent', 1, { outlierDetection: { maxEjectionPercent: 101 } }],
    ['an ejection interval of nothing', 1, { outlierDetection: { interval: '0s' } }],
    [
      'a retry budget of 101 percent',
      1,
      { circuitBreakers: { thresholds: [{ retryBudget: { budgetPercent: { value: 101 } } }] } },
    ],
    [
      'an HTTP/2 window of 1',
      1,
      upstream({ explicitHttpConfig: { http2ProtocolOptions: { initialStreamWindowSize: 1 } } }),
    ],
    ['protocol options that choose nothing', 1, upstream({})],
    ['a name for statistics with a space', 0, { altStatName: 'x y' }],
  ])('on a cluster with %s', (_, count, change) => {
    const json = cluster(change);
    const message = fromJson(ClusterSchema, json, { registry: envoyRegistry });
    const violations = validateMessage(ClusterSchema, message, { registry: envoyRegistry });
    expect(violations).toHaveLength(count);
    expectAgreement(violations, { staticResources: { clusters: [json] } });
  });

  test.each<[string, number, JsonObject]>([
    ['all it needs', 0, {}],
    ['no stat prefix', 1, { statPrefix: '' }],
    ['no routes', 1, { routeConfig: null }],
    ['a filter without name', 1, { httpFilters: [{ ...router, name: '' }] }],
    ['headers of 9 MiB', 1, { maxRequestHeadersKb: 9_000 }],
    ['a server name with a line feed', 1, { serverName: 'a\nb' }],
    ['an unknown codec', 1, { codecType: 9 }],
    ['an empty pattern', 1, routed({ match: { safeRegex: { regex: '' } }, ...direct })],
    ['a route without action', 1, routed({ match: { prefix: '/' } })],
    ['a route without match', 1, routed(direct)],
    ['a match of nothing', 1, routed({ match: {}, ...direct })],
    ['status 99', 1, routed({ match: { prefix: '/' }, directResponse: { status: 99 } })],
    ['status 600', 1, routed({ match: { prefix: '/' }, directResponse: { status: 600 } })],
    [
      'a matched header name with a space',
      0,
      routed({ match: { prefix: '/', headers: [{ name: 'a b' }] }, ...direct }),
    ],
    [
      'a matched header name with a line feed',
      1,
      routed({ match: { prefix: '/', headers: [{ name: 'a\nb' }] }, ...direct }),
    ],
    ['a separated prefix', 0, routed({ match: { pathSeparatedPrefix: '/a' }, ...direct })],
    [
      'a separated prefix with a slash behind',
      1,
      routed({ match: { pathSeparatedPrefix: '/a/' }, ...direct }),
    ],
    [
      'an added header without name',
      1,
      routed({
        match: { prefix: '/' },
        ...direct,
        responseHeadersToAdd: [{ header: { key: '', value: 'x' } }],
      }),
    ],
    [
      'an added header with a line feed',
      1,
      routed({
        match: { prefix: '/' },
        ...direct,
        responseHeadersToAdd: [{ header: { key: 'a', value: 'x\ny' } }],
      }),
    ],
    ['a virtual host without domain', 1, { routeConfig: { virtualHosts: [{ name: 'v' }] } }],
    ['a virtual host without name', 1, { routeConfig: { virtualHosts: [{ name: '', domains: ['*'] }] } }],
    [
      'an access log without path',
      1,
      {
        accessLog: [{ name: 'f', typedConfig: typed('access_loggers.file.v3.FileAccessLog', { path: '' }) }],
      },
    ],
    [
      'ext_authz with a body of no bytes',
      1,
      filtered('ext_authz.v3.ExtAuthz', { grpcService, withRequestBody: { maxRequestBytes: 0 } }),
    ],
    ['a rate limit without domain', 1, filtered('ratelimit.v3.RateLimit', { rateLimitService })],
    [
      'a rate limit of stage 11',
      1,
      filtered('ratelimit.v3.RateLimit', { domain: 'd', stage: 11, rateLimitService }),
    ],
  ])('on a listener with %s', (_, count, change) => {
    const json = listener(change);
    const message = fromJson(ListenerSchema, json, { registry: envoyRegistry });
    const violations = validateMessage(ListenerSchema, message, { registry: envoyRegistry });
    expect(violations).toHaveLength(count);
    expectAgreement(violations, { staticResources: { listeners: [json] } });
  });
});
