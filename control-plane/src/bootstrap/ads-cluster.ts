/** Name of the only cluster that an Envoy knows when it starts. */
export const XDS_CLUSTER = 'xds';

/** The control plane: gRPC with a keep-alive, so that a dead connection is noticed within ten seconds. */
export function adsCluster(address: object): object {
  return {
    name: XDS_CLUSTER,
    type: 'STRICT_DNS',
    dns_lookup_family: 'V4_PREFERRED',
    connect_timeout: '1s',
    load_assignment: {
      cluster_name: XDS_CLUSTER,
      endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }],
    },
    upstream_connection_options: {
      tcp_keepalive: { keepalive_probes: 3, keepalive_time: 10, keepalive_interval: 5 },
    },
    typed_extension_protocol_options: {
      'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
        '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
        explicit_http_config: {
          http2_protocol_options: { connection_keepalive: { interval: '5s', timeout: '5s' } },
        },
      },
    },
  };
}
