// Resources as Paymesh builds them against the rules of their protos.

import {
  create,
  type DescFile,
  getOption,
  hasOption,
  type Message,
  type MessageInitShape,
  toJson,
} from '@bufbuild/protobuf';
import { anyPack, durationFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';

import { rules } from './gen/validate/validate_pb.ts';
import {
  Cluster_DiscoveryType,
  ClusterActionSchema,
  ClusterLoadAssignmentSchema,
  ClusterSchema,
  CommonHttpProtocolOptionsSchema,
  ExtAuthzSchema,
  envoyRegistry,
  HttpConnectionManagerSchema,
  HttpProtocolOptionsSchema,
  ListenerSchema,
  MatcherClusterSpecifierSchema,
  RouteConfigurationSchema,
  RouterSchema,
  type Violation,
  validateMessage,
} from './index.ts';
import { re2ToRegExp } from './pgv/re2.ts';

const registry = envoyRegistry;

function told(violations: readonly Violation[]): readonly string[] {
  return violations.map(({ path, rule }) => `${path} ${rule}`);
}

type HcmInit = Exclude<MessageInitShape<typeof HttpConnectionManagerSchema>, Message>;
type ClusterInit = Exclude<MessageInitShape<typeof ClusterSchema>, Message>;

function cluster(change: ClusterInit = {}): readonly string[] {
  const address = {
    case: 'socketAddress',
    value: { address: '127.0.0.1', portSpecifier: { case: 'portValue', value: 80 } },
  } as const;
  const init: ClusterInit = {
    name: 'pay/payments',
    clusterDiscoveryType: { case: 'type', value: Cluster_DiscoveryType.STATIC },
    connectTimeout: durationFromMs(250),
    loadAssignment: {
      clusterName: 'pay/payments',
      endpoints: [
        { lbEndpoints: [{ hostIdentifier: { case: 'endpoint', value: { address: { address } } } }] },
      ],
    },
    healthChecks: [
      {
        timeout: durationFromMs(500),
        interval: durationFromMs(1_000),
        unhealthyThreshold: 2,
        healthyThreshold: 1,
        healthChecker: { case: 'httpHealthCheck', value: { path: '/healthz' } },
      },
    ],
    typedExtensionProtocolOptions: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': anyPack(
        HttpProtocolOptionsSchema,
        create(HttpProtocolOptionsSchema, {
          upstreamProtocolOptions: {
            case: 'explicitHttpConfig',
            value: { protocolConfig: { case: 'http2ProtocolOptions', value: {} } },
          },
        }),
      ),
    },
    ...change,
  };
  return told(validateMessage(ClusterSchema, create(ClusterSchema, init), { registry }));
}

describe('Cluster', () => {
  test('one that Paymesh builds is valid', () => {
    expect(cluster()).toEqual([]);
  });

  test.each<[string, ClusterInit, string[]]>([
    ['an empty name', { name: '' }, ['name string.min_len']],
    ['a connect timeout of nothing', { connectTimeout: durationFromMs(0) }, ['connect_timeout duration.gt']],
    [
      'a type that is none',
      { clusterDiscoveryType: { case: 'type', value: 77 as Cluster_DiscoveryType } },
      ['type enum.defined_only'],
    ],
    [
      'a health check without its parts',
      { healthChecks: [{}] },
      [
        'health_checks[0].timeout duration.required',
        'health_checks[0].interval duration.required',
        'health_checks[0].unhealthy_threshold message.required',
        'health_checks[0].healthy_threshold message.required',
        'health_checks[0].health_checker oneof.required',
      ],
    ],
    [
      'protocol options that choose nothing',
      {
        typedExtensionProtocolOptions: {
          x: anyPack(HttpProtocolOptionsSchema, create(HttpProtocolOptionsSchema)),
        },
      },
      ['typed_extension_protocol_options["x"].upstream_protocol_options oneof.required'],
    ],
    [
      'ejection of more than everybody',
      { outlierDetection: { maxEjectionPercent: 101 } },
      ['outlier_detection.max_ejection_percent uint32.lte'],
    ],
  ])('%s is told', (_, change, expected) => {
    expect(cluster(change)).toEqual(expected);
  });
});

describe('ClusterLoadAssignment', () => {
  test('a port above 65535 and weight 0 are told', () => {
    const message = create(ClusterLoadAssignmentSchema, {
      clusterName: 'a',
      endpoints: [
        {},
        {
          priority: 129,
          lbEndpoints: [
            {
              loadBalancingWeight: 0,
              hostIdentifier: {
                case: 'endpoint',
                value: {
                  address: {
                    address: {
                      case: 'socketAddress',
                      value: { address: 'x', portSpecifier: { case: 'portValue', value: 70_000 } },
                    },
                  },
                },
              },
            },
          ],
        },
      ],
    });
    expect(told(validateMessage(ClusterLoadAssignmentSchema, message))).toEqual([
      'endpoints[1].lb_endpoints[0].endpoint.address.socket_address.port_value uint32.lte',
      'endpoints[1].lb_endpoints[0].load_balancing_weight uint32.gte',
      'endpoints[1].priority uint32.lte',
    ]);
  });
});

describe('Listener', () => {
  const listenerOf = (hcm: HcmInit) =>
    create(ListenerSchema, {
      name: 'gateway',
      filterChains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.http_connection_manager',
              configType: {
                case: 'typedConfig',
                value: anyPack(HttpConnectionManagerSchema, create(HttpConnectionManagerSchema, hcm)),
              },
            },
          ],
        },
      ],
    });
  const router = {
    name: 'envoy.filters.http.router',
    configType: { case: 'typedConfig', value: anyPack(RouterSchema, create(RouterSchema)) },
  } as const;
  const hcm: HcmInit = {
    statPrefix: 'gateway',
    routeSpecifier: {
      case: 'rds',
      value: {
        routeConfigName: 'gateway',
        configSource: { configSourceSpecifier: { case: 'ads', value: {} } },
      },
    },
    httpFilters: [router],
  };
  const inHcm = 'filter_chains[0].filters[0].typed_config';

  test('one with a connection manager is valid', () => {
    expect(validateMessage(ListenerSchema, listenerOf(hcm), { registry })).toEqual([]);
  });

  test('what is wrong two Anys deep is told with its path', () => {
    const broken = listenerOf({
      ...hcm,
      statPrefix: '',
      httpFilters: [
        {
          name: 'x',
          configType: {
            case: 'typedConfig',
            value: anyPack(
              ExtAuthzSchema,
              create(ExtAuthzSchema, { withRequestBody: { maxRequestBytes: 0 } }),
            ),
          },
        },
        { ...router, name: '' },
      ],
    });
    expect(told(validateMessage(ListenerSchema, broken, { registry }))).toEqual([
      `${inHcm}.stat_prefix string.min_len`,
      `${inHcm}.http_filters[0].typed_config.with_request_body.max_request_bytes uint32.gt`,
      `${inHcm}.http_filters[1].name string.min_len`,
    ]);
  });

  test('an Any prints as JSON with the registry', () => {
    expect(toJson(ListenerSchema, listenerOf(hcm), { registry })).toMatchObject({
      filterChains: [{ filters: [{ typedConfig: { statPrefix: 'gateway' } }] }],
    });
  });
});

describe('RouteConfiguration', () => {
  test('rules of routes are told with their path', () => {
    const message = create(RouteConfigurationSchema, {
      name: 'gateway',
      virtualHosts: [
        {
          name: 'a',
          domains: ['*'],
          routes: [
            {
              match: { pathSpecifier: { case: 'prefix', value: '/' } },
              action: { case: 'route', value: { clusterSpecifier: { case: 'cluster', value: 'x' } } },
            },
            {
              match: {
                pathSpecifier: { case: 'safeRegex', value: { regex: '' } },
                headers: [{ name: 'a\nb' }],
              },
            },
          ],
        },
        { name: '', domains: [] },
      ],
    });
    expect(told(validateMessage(RouteConfigurationSchema, message, { registry }))).toEqual([
      'virtual_hosts[0].routes[1].match.safe_regex.regex string.min_len',
      'virtual_hosts[0].routes[1].match.headers[0].name string.well_known_regex',
      'virtual_hosts[0].routes[1].action oneof.required',
      'virtual_hosts[1].name string.min_len',
      'virtual_hosts[1].domains repeated.min_items',
    ]);
  });
});

describe('our own proto of the cluster matcher', () => {
  test('asks for its matcher and its cluster', () => {
    expect(
      told(validateMessage(MatcherClusterSpecifierSchema, create(MatcherClusterSpecifierSchema))),
    ).toEqual(['cluster_matcher message.required']);
    expect(told(validateMessage(ClusterActionSchema, create(ClusterActionSchema)))).toEqual([
      'cluster string.min_len',
    ]);
  });
});

describe('every rule of every type in reach', () => {
  const reached = new Set<DescFile>(
    [...registry].filter((type) => type.kind === 'message').map(({ file }) => file),
  );
  for (const file of reached) for (const imported of file.dependencies) reached.add(imported);
  const types = [...reached].flatMap(({ messages }) => messages);
  for (const type of types) types.push(...type.nestedMessages.filter((nested) => !types.includes(nested)));

  test('can be planned: an empty message of each type is tested without a throw', () => {
    expect(types.length).toBeGreaterThan(300);
    expect(types.map((type) => validateMessage(type, create(type), { registry }).length)).toHaveLength(
      types.length,
    );
  });

  test('has patterns that can be translated', () => {
    const patterns = types
      .flatMap(({ fields }) => fields)
      .filter((field) => hasOption(field, rules))
      .map((field) => getOption(field, rules).type)
      .flatMap((type) => (type.case === 'string' && type.value.pattern !== '' ? [type.value.pattern] : []));
    expect(patterns.map((pattern) => re2ToRegExp(pattern).flags)).toEqual(patterns.map(() => 'u'));
  });

  test('core options are told apart from upstream options', () => {
    expect(CommonHttpProtocolOptionsSchema.typeName).toBe('envoy.config.core.v3.HttpProtocolOptions');
    expect(HttpProtocolOptionsSchema.typeName).toBe('envoy.extensions.upstreams.http.v3.HttpProtocolOptions');
  });
});
