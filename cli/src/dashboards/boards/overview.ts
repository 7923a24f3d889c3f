import type { MeshFacts } from '../facts.ts';
import type { Board, BoardRow, Panel } from '../model.ts';
import { quantile, rate, ratio, sumBy } from '../promql.ts';

const REQUESTS = 'envoy_cluster_upstream_rq_xx';
const ROUTED = 'envoy_vhost_route_upstream_rq_xx';
/** A request passes two Envoys; the one that sent it is counted, for it also sees who did not answer. */
const SENDER = 'envoy_virtual_host!="inbound"';

/** The golden signals, of the mesh, of each service and of each route. */
export function overviewBoard({ gateways, services, routes }: MeshFacts): Board {
  return {
    name: 'overview',
    title: 'Paymesh / Overview',
    description: 'Traffic, errors, latency and health of each service and route.',
    rows: [
      { title: 'Mesh', panels: [...gateways.map(gatewayPanel), ...meshPanels()] },
      ...services.map(serviceRow),
      ...routes.map(({ id, service }) => routeRow(id, service)),
    ],
  };
}

function gatewayPanel(gateway: string): Panel {
  return {
    title: `Answers of gateway ${gateway}`,
    description: 'What clients were answered, by class of status; refusals of signatures and limits are 4xx.',
    unit: 'reqps',
    view: 'lines',
    queries: [
      {
        expr: sumBy(
          'envoy_response_code_class',
          rate(
            'envoy_http_downstream_rq_xx',
            `node_group="${gateway}", envoy_http_conn_manager_prefix="gateway"`,
          ),
        ),
        legend: '{{envoy_response_code_class}}xx',
      },
    ],
  };
}

function meshPanels(): readonly Panel[] {
  const failed = rate(REQUESTS, 'service!="", envoy_response_code_class="5"');
  return [
    {
      title: 'Requests by service',
      description: 'Requests sent to each service, as the Envoys of its callers count them.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('service', rate(REQUESTS, 'service!=""')), legend: '{{service}}' }],
    },
    {
      title: 'Error ratio by service',
      description: 'Share of requests that failed with 5xx; absent where nobody asks.',
      unit: 'percentunit',
      view: 'lines',
      queries: [
        {
          expr: ratio(sumBy('service', failed), sumBy('service', rate(REQUESTS, 'service!=""'))),
          legend: '{{service}}',
        },
      ],
    },
    {
      title: 'Latency p99 by service',
      description: 'Time until the whole answer was there, retries included, as callers see it.',
      unit: 'ms',
      view: 'lines',
      queries: [
        {
          expr: quantile(0.99, 'envoy_cluster_upstream_rq_time', 'service!=""', 'service'),
          legend: '{{service}}',
        },
      ],
    },
    {
      title: 'Top errors',
      description: 'The ten routes and statuses that fail most.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: `topk(10, ${sumBy('route, envoy_response_code', rate('envoy_vhost_route_upstream_rq', `${SENDER}, envoy_response_code=~"4..|5.."`))} > 0)`,
          legend: '{{route}} {{envoy_response_code}}',
        },
      ],
    },
  ];
}

function serviceRow(service: string): BoardRow {
  const selector = `service="${service}"`;
  return {
    title: `Service ${service}`,
    panels: [
      {
        title: `Answers of ${service}`,
        description: `What callers got from ${service}, by class of status.`,
        unit: 'reqps',
        view: 'lines',
        queries: [
          {
            expr: sumBy('envoy_response_code_class', rate(REQUESTS, selector)),
            legend: '{{envoy_response_code_class}}xx',
          },
        ],
      },
      latency(`Latency of ${service}`, 'envoy_cluster_upstream_rq_time', selector),
      {
        title: `Instances of ${service}`,
        description: `Instances that exist, and the fewest that some Envoy finds healthy.`,
        unit: 'short',
        view: 'lines',
        queries: [
          { expr: `max(envoy_cluster_membership_total{${selector}})`, legend: 'total' },
          { expr: `min(envoy_cluster_membership_healthy{${selector}})`, legend: 'healthy, at worst' },
        ],
      },
    ],
  };
}

function routeRow(route: string, service: string): BoardRow {
  const selector = `route="${route}", ${SENDER}`;
  return {
    title: `Route ${route}`,
    panels: [
      {
        title: `Answers on ${route}`,
        description: `Requests sent to ${service} along this route, by class of status; what was refused before is on board Policy decisions.`,
        unit: 'reqps',
        view: 'lines',
        queries: [
          {
            expr: sumBy('envoy_response_code_class', rate(ROUTED, selector)),
            legend: '{{envoy_response_code_class}}xx',
          },
        ],
      },
      latency(`Latency on ${route}`, 'envoy_vhost_route_upstream_rq_time', selector),
      {
        title: `Retries on ${route}`,
        description: 'Further tries of requests on this route: how many, and how many of them helped.',
        unit: 'reqps',
        view: 'lines',
        queries: [
          {
            expr: sumBy('', rate('envoy_vhost_route_upstream_rq_retry', selector)),
            legend: 'retries',
          },
          {
            expr: sumBy('', rate('envoy_vhost_route_upstream_rq_retry_success', selector)),
            legend: 'that helped',
          },
        ],
      },
    ],
  };
}

function latency(title: string, histogram: string, selector: string): Panel {
  return {
    title,
    description: 'Median and slowest hundredth.',
    unit: 'ms',
    view: 'lines',
    queries: [
      { expr: quantile(0.5, histogram, selector), legend: 'p50' },
      { expr: quantile(0.99, histogram, selector), legend: 'p99' },
    ],
  };
}
