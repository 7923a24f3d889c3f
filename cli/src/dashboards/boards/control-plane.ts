import type { Board, Panel } from '../model.ts';
import { increase, quantile, rate, sumBy } from '../promql.ts';

/** Whether every proxy runs what the policies say, and how soon. */
export function controlPlaneBoard(): Board {
  return {
    name: 'control-plane',
    title: 'Paymesh / Control plane',
    description: 'Revisions, pushes, answers of the proxies, lag and certificates.',
    rows: [
      { title: 'Policies', panels: policyPanels() },
      { title: 'Proxies', panels: proxyPanels() },
      { title: 'Delivery', panels: deliveryPanels() },
    ],
  };
}

function policyPanels(): readonly Panel[] {
  return [
    {
      title: 'Revision in force',
      description: 'The revision that each control plane serves; more than one for long: they disagree.',
      unit: 'short',
      view: 'value',
      queries: [{ expr: 'sum by (revision) (paymesh_config_revision_info)', legend: '{{revision}}' }],
    },
    {
      title: 'Sets of policies',
      description:
        'Sets that were tried, by what became of them. A rejected one leaves the last good one in force.',
      unit: 'short',
      view: 'lines',
      queries: [
        { expr: sumBy('result', increase('paymesh_config_apply_total')), legend: '{{result}}' },
        {
          expr: sumBy('result', increase('paymesh_authz_config_apply_total')),
          legend: 'ext-authz {{result}}',
        },
        {
          expr: sumBy('result', increase('paymesh_ratelimit_config_loads_total')),
          legend: 'rate-limiter {{result}}',
        },
      ],
    },
    {
      title: 'Time to compile',
      description: 'Time from parsed policies to published snapshots.',
      unit: 's',
      view: 'lines',
      queries: [{ expr: quantile(0.99, 'paymesh_config_compile_duration_seconds'), legend: 'p99' }],
    },
  ];
}

function proxyPanels(): readonly Panel[] {
  return [
    {
      title: 'Connected proxies',
      description: 'Open streams by service or gateway.',
      unit: 'short',
      view: 'lines',
      queries: [{ expr: 'sum by (node_group) (paymesh_xds_connected_proxies)', legend: '{{node_group}}' }],
    },
    {
      title: 'Proxies out of date',
      description: 'Connected proxies that do not run all of the newest state.',
      unit: 'short',
      view: 'value',
      queries: [{ expr: 'sum(paymesh_proxies_out_of_date)', legend: 'out of date' }],
    },
    {
      title: 'Proxies without a control plane',
      description: 'Envoys that have no stream; they go on with the last configuration they had.',
      unit: 'short',
      view: 'lines',
      queries: [
        { expr: 'sum by (node_group) (1 - envoy_control_plane_connected_state)', legend: '{{node_group}}' },
      ],
    },
    {
      title: 'Registered instances',
      description: 'Instances by service and whether their proxy is connected.',
      unit: 'short',
      view: 'lines',
      queries: [
        {
          expr: 'sum by (service, health) (paymesh_registry_instances)',
          legend: '{{service}} {{health}}',
        },
      ],
    },
    {
      title: 'First certificate ends in',
      description: 'Days until the first certificate of a proxy ends; proxies without one are not here.',
      unit: 'd',
      view: 'lines',
      queries: [
        {
          expr: 'min by (node_group) (envoy_server_days_until_first_cert_expiring < 1e6)',
          legend: '{{node_group}}',
        },
      ],
    },
  ];
}

function deliveryPanels(): readonly Panel[] {
  return [
    {
      title: 'Pushes',
      description: 'Responses written to proxies by resource type and reason.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        { expr: sumBy('type, reason', rate('paymesh_xds_push_total')), legend: '{{type}} {{reason}}' },
      ],
    },
    {
      title: 'Time until a proxy accepts',
      description: 'Time from a written response to its ACK.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: quantile(0.99, 'paymesh_xds_ack_latency_seconds', '', 'type'), legend: '{{type}} p99' },
      ],
    },
    {
      title: 'Time until a change runs',
      description: 'Time from a published change until a proxy runs all of it.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: quantile(0.5, 'paymesh_proxy_config_lag_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'paymesh_proxy_config_lag_seconds'), legend: 'p99' },
      ],
    },
    {
      title: 'Refused by proxies (NACK)',
      description: 'Responses that proxies refused, by resource type and the kind of policy they came of.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('type, policy_kind', rate('paymesh_xds_nack_total')),
          legend: '{{type}} {{policy_kind}}',
        },
      ],
    },
    {
      title: 'Late answers',
      description: 'Responses that proxies did not answer within their deadline.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('type', rate('paymesh_xds_late_total')), legend: '{{type}}' }],
    },
  ];
}
