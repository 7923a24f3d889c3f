import type { HostPort } from '@paymesh/common/config';

const ADMIN_CLUSTER = 'admin';
const HCM = 'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3';
const ROUTER = 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router';

/** What others may ask of an admin interface that is on loopback: whether the proxy is ready, and its metrics. */
const PATHS = ['/ready', '/stats/prometheus'] as const;

/**
 * A listener for kubelet and Prometheus that hands on GET of two paths to the admin interface and nothing else, for
 * that one can also stop the proxy. Envoy starts it with its first listeners: before that nobody answers.
 */
export function probeListener(probe: HostPort): object {
  return {
    name: 'probe',
    address: { socket_address: { address: probe.host, port_value: probe.port } },
    filter_chains: [{ filters: [{ name: 'http', typed_config: connectionManager() }] }],
  };
}

/** The admin interface, as an upstream of the probe listener. */
export function adminCluster(adminPort: number): object {
  return {
    name: ADMIN_CLUSTER,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: {
      cluster_name: ADMIN_CLUSTER,
      endpoints: [
        {
          lb_endpoints: [
            {
              endpoint: {
                address: { socket_address: { address: '127.0.0.1', port_value: adminPort } },
              },
            },
          ],
        },
      ],
    },
  };
}

function connectionManager(): object {
  return {
    '@type': `${HCM}.HttpConnectionManager`,
    stat_prefix: 'probe',
    // As for every listener that is open to a network.
    common_http_protocol_options: { idle_timeout: '60s' },
    request_headers_timeout: '5s',
    normalize_path: true,
    route_config: {
      name: 'probe',
      virtual_hosts: [{ name: 'probe', domains: ['*'], routes: PATHS.map(route) }],
    },
    http_filters: [{ name: 'envoy.filters.http.router', typed_config: { '@type': ROUTER } }],
  };
}

function route(path: string): object {
  return {
    match: { path, headers: [{ name: ':method', string_match: { exact: 'GET' } }] },
    route: { cluster: ADMIN_CLUSTER, timeout: '5s' },
  };
}
