import type { RuleFile } from './model.ts';
import { risen } from './risen.ts';

/** Whether what is typed reaches every proxy. */
export const controlPlaneRules: RuleFile = {
  name: 'control-plane',
  rules: [
    {
      name: 'ControlPlaneDown',
      severity: 'ticket',
      expr: 'count by (node_group) (envoy_control_plane_connected_state == 0) > 0',
      for: '2m',
      summary: 'Proxies of {{ $labels.node_group }} have no control plane',
      description:
        '{{ $value }} proxies have no stream to the control plane. They go on with the last configuration; edits do not reach them.',
    },
    {
      name: 'NackPresent',
      severity: 'page',
      expr: risen('paymesh_xds_nack_total', '10m', 'type, policy_kind'),
      summary: 'Proxies refuse configuration ({{ $labels.type }}, {{ $labels.policy_kind }})',
      description: 'A proxy refused what came of a policy and runs the state before it.',
    },
    {
      name: 'ConfigRejected',
      severity: 'ticket',
      expr: risen('paymesh_config_apply_total{result="rejected"}', '10m', ''),
      summary: 'A set of policies was rejected',
      description: 'The policies have errors; the last good set is in force, and what was typed is not.',
    },
    {
      name: 'ConfigLagHigh',
      severity: 'ticket',
      expr: 'histogram_quantile(0.99, sum by (le) (rate(paymesh_proxy_config_lag_seconds_bucket[10m]))) > 10',
      for: '5m',
      summary: 'Changes take {{ $value | humanizeDuration }} to run everywhere',
      description: 'The slowest hundredth of proxies runs a change more than 10 s after it was published.',
    },
    {
      name: 'ProxiesOutOfDate',
      severity: 'ticket',
      expr: 'sum(paymesh_proxies_out_of_date) > 0',
      for: '5m',
      summary: '{{ $value }} proxies do not run the newest state',
      description: 'They are connected, but have not accepted all of it for 5 minutes.',
    },
    {
      name: 'CertExpiring',
      severity: 'page',
      expr: 'min by (node_group) (envoy_server_days_until_first_cert_expiring) < 7',
      for: '10m',
      summary: 'A certificate of {{ $labels.node_group }} ends in {{ $value }} days',
      description: 'When it ends, connections that need it fail.',
    },
    {
      name: 'RedisCertExpiring',
      severity: 'page',
      expr: 'min by (component, certificate) (paymesh_certificate_expiry_timestamp_seconds - time()) < 7 * 86400',
      for: '10m',
      summary: '{{ $labels.certificate }} of {{ $labels.component }} ends in {{ $value | humanizeDuration }}',
      description:
        'It was read when the service started. When it ends, its next connection to Redis fails: nonces and counts are not shared any more.',
    },
  ],
};
