import type { FailoverFacts, MeshFacts } from '../facts.ts';
import type { Board, BoardRow, Panel } from '../model.ts';
import { rate, ratio, sumBy } from '../promql.ts';

/** Retries, breakers, ejections and failover: what the mesh does when something is unwell. */
export function resilienceBoard({ failovers }: MeshFacts): Board {
  return {
    name: 'resilience',
    title: 'Paymesh / Resilience',
    description: 'Retries and their budgets, circuit breakers, ejected instances, failover.',
    rows: [
      { title: 'Retries and timeouts', panels: retryPanels() },
      { title: 'Breakers and ejection', panels: breakerPanels() },
      ...failovers.map(failoverRow),
    ],
  };
}

function retryPanels(): readonly Panel[] {
  const requests = sumBy('service', rate('envoy_cluster_upstream_rq_total', 'service!=""'));
  return [
    {
      title: 'Retry ratio',
      description: 'Retries in all that was sent to a service. Above 20 % retries are the load.',
      unit: 'percentunit',
      view: 'lines',
      queries: [
        {
          expr: ratio(sumBy('service', rate('envoy_cluster_upstream_rq_retry', 'service!=""')), requests),
          legend: '{{service}}',
        },
      ],
    },
    perService('Retries that helped', 'Retries that ended well.', 'upstream_rq_retry_success'),
    perService(
      'Retries over the budget',
      'Retries not made, for the budget of the service was used up.',
      'upstream_rq_retry_overflow',
    ),
    perService('Timeouts', 'Requests that ran into the timeout of their route.', 'upstream_rq_timeout'),
    perService(
      'Connections that failed',
      'Connections to instances that could not be opened.',
      'upstream_cx_connect_fail',
    ),
  ];
}

function breakerPanels(): readonly Panel[] {
  const open = ['cx', 'rq', 'rq_pending', 'rq_retry'];
  return [
    {
      title: 'Open breakers',
      description:
        '1 while an Envoy holds back connections, requests, waiting requests or retries of a service.',
      unit: 'short',
      view: 'states',
      queries: ['default', 'high'].flatMap((priority) =>
        open.map((limit) => ({
          expr: `max by (service) (envoy_cluster_circuit_breakers_${priority}_${limit}_open{service!=""})`,
          legend: `{{service}} ${limit} (${priority})`,
        })),
      ),
    },
    {
      title: 'Requests left before the breaker opens',
      description: 'The fewest further requests that some Envoy would send to a service at once.',
      unit: 'short',
      view: 'lines',
      queries: [
        {
          expr: 'min by (service) (envoy_cluster_circuit_breakers_default_remaining_rq{service!=""})',
          legend: '{{service}}',
        },
      ],
    },
    perService(
      'Requests refused by a breaker',
      'Requests that were not sent, for too many wait already.',
      'upstream_rq_pending_overflow',
    ),
    gauge(
      'Ejected instances',
      'The most instances of a service that some Envoy leaves out because they failed.',
      'max by (service) (envoy_cluster_outlier_detection_ejections_active{service!=""})',
    ),
    gauge(
      'Unhealthy instances',
      'Instances that some Envoy does not find healthy.',
      'max by (service) (envoy_cluster_membership_total{service!=""} - envoy_cluster_membership_healthy{service!=""})',
    ),
    perService(
      'Panic',
      'Requests sent to unhealthy instances too, for too few are healthy.',
      'lb_healthy_panic',
    ),
  ];
}

function failoverRow({ id, routes, order }: FailoverFacts): BoardRow {
  const targets = order.join('|');
  return {
    title: `Failover ${id}`,
    panels: [
      {
        title: `Shares of the targets of ${id}`,
        description: `Who of ${order.join(', ')} got the requests of those who may fail over.`,
        unit: 'percentunit',
        view: 'lines',
        queries: [
          {
            expr: `${sumBy('service', rate('envoy_cluster_upstream_rq_total', `service=~"${targets}"`))} / ignoring (service) group_left () (${sumBy('', rate('envoy_cluster_upstream_rq_total', `service=~"${targets}"`))} > 0)`,
            legend: '{{service}}',
          },
        ],
      },
      {
        title: `Failovers within a request of ${id}`,
        description: `Requests on ${routes.join(', ')} that a further target answered after the first could not be reached.`,
        unit: 'reqps',
        view: 'lines',
        queries: [
          {
            expr: sumBy(
              'route',
              rate('envoy_vhost_route_upstream_rq_retry_success', `route=~"${routes.join('|')}"`),
            ),
            legend: '{{route}}',
          },
        ],
      },
      gauge(
        `Healthy targets of ${id}`,
        'Instances of each target that every Envoy finds healthy.',
        `min by (service) (envoy_cluster_membership_healthy{service=~"${targets}"})`,
      ),
    ],
  };
}

function perService(title: string, description: string, metric: string): Panel {
  return {
    title,
    description,
    unit: 'reqps',
    view: 'lines',
    queries: [
      { expr: sumBy('service', rate(`envoy_cluster_${metric}`, 'service!=""')), legend: '{{service}}' },
    ],
  };
}

function gauge(title: string, description: string, expr: string): Panel {
  return { title, description, unit: 'short', view: 'lines', queries: [{ expr, legend: '{{service}}' }] };
}
