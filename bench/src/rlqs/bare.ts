import { address, EXTENSIONS, httpListener } from './envoy.ts';
import type { MeshPorts } from './policies.ts';

/** The paths of the bare Envoy. */
export const BARE_PATHS = { none: '/bare-none', quota: '/bare-quota' } as const;

const QUOTA_FILTER = 'envoy.filters.http.rate_limit_quota';
const HTTP2 = {
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
    '@type': `${EXTENSIONS}.upstreams.http.v3.HttpProtocolOptions`,
    explicit_http_config: { http2_protocol_options: {} },
  },
};

/**
 * The least that an Envoy with a quota can be: no log, no other filter, one bucket with a constant id. What its filter costs here,
 * no configuration can save.
 */
export function bareBootstrap({ bare, upstream, rlqs }: MeshPorts): object {
  return {
    node: { id: 'bare', cluster: 'bare' },
    static_resources: {
      listeners: [httpListener({ port: bare, routes: [unlimited(), limited()], filters: [quotaFilter()] })],
      clusters: [
        cluster('upstream', upstream),
        { ...cluster('rlqs', rlqs), typed_extension_protocol_options: HTTP2 },
      ],
    },
  };
}

function limited(): object {
  return { match: { path: BARE_PATHS.quota }, route: { cluster: 'upstream' } };
}

function unlimited(): object {
  const off = { '@type': 'type.googleapis.com/envoy.config.route.v3.FilterConfig', disabled: true };
  return {
    match: { path: BARE_PATHS.none },
    route: { cluster: 'upstream' },
    typed_per_filter_config: { [QUOTA_FILTER]: off },
  };
}

/** Of the rule that the measured route of the mesh has. */
function quotaFilter(): object {
  const bucket = {
    '@type': `${EXTENSIONS}.filters.http.rate_limit_quota.v3.RateLimitQuotaBucketSettings`,
    bucket_id_builder: { bucket_id_builder: { 'policy|limit': { string_value: 'pay/proxy|all' } } },
    reporting_interval: '5s',
  };
  return {
    name: QUOTA_FILTER,
    typed_config: {
      '@type': `${EXTENSIONS}.filters.http.rate_limit_quota.v3.RateLimitQuotaFilterConfig`,
      domain: 'paymesh',
      rlqs_server: { envoy_grpc: { cluster_name: 'rlqs' } },
      bucket_matchers: { on_no_match: { action: { name: 'bucket', typed_config: bucket } } },
    },
  };
}

function cluster(name: string, port: number): object {
  const endpoint = { lb_endpoints: [{ endpoint: { address: address(port) } }] };
  return { name, load_assignment: { cluster_name: name, endpoints: [endpoint] } };
}
