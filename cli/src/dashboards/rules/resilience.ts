import type { FailoverFacts, MeshFacts } from '../facts.ts';
import type { Alert, RuleFile } from './model.ts';

/** Retries, breakers, instances; and a failover for each policy that has one. */
export function resilienceRules({ failovers }: MeshFacts): RuleFile {
  return { name: 'resilience', rules: [...common, ...failoverAlerts(failovers)] };
}

const common: readonly Alert[] = [
  {
    name: 'RetryStorm',
    severity: 'page',
    expr: 'sum by (service) (rate(envoy_cluster_upstream_rq_retry{service!=""}[5m])) / (sum by (service) (rate(envoy_cluster_upstream_rq_total{service!=""}[5m])) > 0.1) > 0.2',
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of what is sent to {{ $labels.service }} are retries',
    description: 'Retries have become the load, and keep the service from getting well.',
  },
  {
    name: 'RetryBudgetExhausted',
    severity: 'ticket',
    expr: 'sum by (service) (rate(envoy_cluster_upstream_rq_retry_overflow{service!=""}[5m])) > 0.1',
    for: '5m',
    summary: 'The retry budget of {{ $labels.service }} is used up',
    description: 'Requests fail that a retry might have saved; more retries would be a storm.',
  },
  {
    name: 'BreakerOpen',
    severity: 'page',
    expr: 'max by (service) ({__name__=~"envoy_cluster_circuit_breakers_(default|high)_(cx|rq|rq_pending)_open", service!=""}) > 0',
    for: '1m',
    summary: 'A circuit breaker of {{ $labels.service }} is open',
    description: 'An Envoy sends no more to it at once than its policy allows, and refuses the rest.',
  },
  {
    name: 'InstancesUnhealthy',
    severity: 'ticket',
    expr: 'max by (service) (envoy_cluster_membership_total{service!=""} - envoy_cluster_membership_healthy{service!=""}) > 0',
    for: '5m',
    summary: '{{ $value }} instances of {{ $labels.service }} are unhealthy',
    description: 'They fail their health check or were ejected; the others carry their share.',
  },
  {
    name: 'NoHealthyInstance',
    severity: 'page',
    expr: 'max by (service) (envoy_cluster_membership_healthy{service!=""}) == 0',
    for: '1m',
    summary: '{{ $labels.service }} has no healthy instance',
    description: 'Every request to it fails, or goes to the next target of a failover.',
  },
];

function failoverAlerts(failovers: readonly FailoverFacts[]): readonly Alert[] {
  if (failovers.length === 0) return [];
  const each = (toExpr: (failover: FailoverFacts) => string): string => failovers.map(toExpr).join('\nor\n');
  return [
    {
      name: 'FailoverActive',
      severity: 'ticket',
      expr: each(
        ({ id, order: [first] }) =>
          `label_replace(min(envoy_cluster_membership_healthy{service="${first}"}) == 0, "policy", "${id}", "", "")`,
      ),
      for: '10m',
      summary: 'Failover {{ $labels.policy }} is active',
      description:
        'The first target has had no healthy instance for 10 minutes; the next ones take its requests.',
    },
    {
      name: 'AllPspDegraded',
      severity: 'page',
      expr: each(
        ({ id, order }) =>
          `label_replace(min(${order.map((service) => failing(service)).join(' or ')}) > 0.1 and count(${order.map((service) => failing(service)).join(' or ')}) == ${order.length}, "policy", "${id}", "", "")`,
      ),
      for: '2m',
      summary: 'Every target of {{ $labels.policy }} fails',
      description:
        'More than a tenth of the requests to each target end in 5xx: there is nobody to fail over to.',
    },
  ];
}

function failing(service: string): string {
  const selector = `service="${service}"`;
  return `sum by (service) (rate(envoy_cluster_upstream_rq_xx{${selector}, envoy_response_code_class="5"}[5m])) / sum by (service) (rate(envoy_cluster_upstream_rq_xx{${selector}}[5m]))`;
}
