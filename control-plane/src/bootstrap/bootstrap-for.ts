import type { HostPort } from '@paymesh/common/config';
import type { DocumentOf } from '@paymesh/common/policy';

import { adsCluster, XDS_CLUSTER } from './ads-cluster.ts';
import { KEPT_STATS } from './kept-stats.ts';
import { adminCluster, probeListener } from './probe-listener.ts';

export interface BootstrapInput {
  readonly workload: DocumentOf<'Workload'>;
  /** Where the proxy finds the control plane. */
  readonly controlPlane: HostPort;
  /** Port of Envoy's admin interface on loopback. Default the workload's `proxy.admin`. */
  readonly adminPort?: number;
  /** Where `/ready` and `/stats/prometheus` are served to others. Default nowhere. */
  readonly probe?: HostPort;
  /** Keep all of Envoy's stats, not only `KEPT_STATS`. Default false. */
  readonly allStats?: boolean;
}

/** The file with which the Envoy of a workload starts: who it is, and where everything else comes from. */
export function bootstrapFor(input: BootstrapInput): object {
  const { workload, controlPlane, probe, allStats = false, ...given } = input;
  const adminPort = given.adminPort ?? workload.spec.adminPort;
  return {
    node: node(workload),
    admin: { address: socketAddress({ host: '127.0.0.1', port: adminPort }) },
    dynamic_resources: {
      ads_config: {
        api_type: 'GRPC',
        transport_api_version: 'V3',
        // The node is about 60 kB, and in every request without this.
        set_node_on_first_message_only: true,
        grpc_services: [{ envoy_grpc: { cluster_name: XDS_CLUSTER, retry_policy: RECONNECT } }],
      },
      lds_config: ADS,
      cds_config: ADS,
    },
    static_resources: {
      clusters: [
        adsCluster(socketAddress(controlPlane)),
        ...(probe === undefined ? [] : [adminCluster(adminPort)]),
      ],
      ...(probe === undefined ? {} : { listeners: [probeListener(probe)] }),
    },
    stats_config: {
      ...STATS,
      stats_tags: statsTags(workload),
      ...(allStats ? {} : { stats_matcher: { inclusion_list: { patterns: KEPT_STATS } } }),
    },
    layered_runtime: RUNTIME,
    overload_manager: OVERLOAD,
  };
}

/**
 * Labels of Envoy's own metrics beside its default ones: whose proxy it is, the service behind a cluster, the Route as
 * policies name it. The first group of a regex is cut out of the name of the metric, the second is the value.
 */
function statsTags(workload: DocumentOf<'Workload'>): object[] {
  return [
    { tag_name: 'proxy', fixed_value: workload.metadata.name },
    { tag_name: 'node_group', fixed_value: nodeGroup(workload) },
    { tag_name: 'service', regex: '^cluster\\.(([^./]+/[^.]+)\\.)' },
    { tag_name: 'route', regex: '^vhost\\.[^.]+\\.route\\.(([^.]+)\\.)' },
  ];
}

/** `cluster` of a node names what it is an instance of: `namespace/service`, or the gateway. */
function node(workload: DocumentOf<'Workload'>): object {
  const { metadata, spec } = workload;
  const isGateway = spec.kind === 'gateway';
  return {
    id: metadata.name,
    cluster: nodeGroup(workload),
    locality: { region: spec.locality.region, zone: spec.locality.zone },
    metadata: { namespace: metadata.namespace, kind: spec.kind, ...(isGateway ? {} : spec.metadata) },
  };
}

function nodeGroup({ spec }: DocumentOf<'Workload'>): string {
  return spec.kind === 'gateway' ? spec.gateway : `${spec.service.namespace}/${spec.service.name}`;
}

function socketAddress({ host, port }: HostPort): object {
  return { socket_address: { address: host, port_value: port } };
}

/** Without a timeout: a proxy that was told nothing is not ready, instead of ready with no listener after 30 s. */
const ADS = { resource_api_version: 'V3', ads: {}, initial_fetch_timeout: '0s' };

/** By default Envoy waits up to 30 s for a control plane that has long been back. */
const RECONNECT = { retry_back_off: { base_interval: '0.25s', max_interval: '5s' } };

/** Buckets that tell 5 ms from 10 ms; Envoy's own are far apart where payments are. */
const STATS = {
  histogram_bucket_settings: [
    {
      match: { suffix: 'rq_time' },
      buckets: [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
    },
  ],
};

/** Envoy refuses all routes of a listener when the regex of one takes more than 100 steps, as the template of a long path does. */
const RUNTIME = {
  layers: [{ name: 'paymesh', static_layer: { 're2.max_program_size.error_level': 10_000 } }],
};

/** A proxy without a bound on connections falls over under a flood; Envoy warns where none is set. */
const OVERLOAD = {
  resource_monitors: [
    {
      name: 'envoy.resource_monitors.global_downstream_max_connections',
      typed_config: {
        '@type':
          'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
        max_active_downstream_connections: 20_000,
      },
    },
  ],
};
