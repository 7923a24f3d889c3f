import type { MeshFacts } from '../facts.ts';
import type { Board, BoardRow, Panel } from '../model.ts';
import { quantile, rate, sumBy } from '../promql.ts';

/** How close callers are to their limits, and how the service that counts is. */
export function limitsBoard({ limits }: MeshFacts): Board {
  return {
    name: 'limits',
    title: 'Paymesh / Rate limits',
    description: 'Utilisation and refusals of each limit; the health of the rate limiter and its store.',
    rows: [{ title: 'Rate limiter', panels: servicePanels() }, ...limits.map(limitRow)],
  };
}

function servicePanels(): readonly Panel[] {
  return [
    {
      title: 'Decisions by outcome',
      description: 'Decisions on all limits; near is above 80 %, shadow_over would be refused.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('outcome', rate('paymesh_ratelimit_decisions_total')), legend: '{{outcome}}' }],
    },
    {
      title: 'Calls as Envoys see them',
      description: 'Answers to the Envoys; errors are calls without an answer, which pass.',
      unit: 'reqps',
      view: 'lines',
      queries: ['ok', 'over_limit', 'error'].map((answer) => ({
        expr: sumBy('', rate(`envoy_cluster_ratelimit_${answer}`)),
        legend: answer,
      })),
    },
    {
      title: 'Fallback',
      description: '1 while the store is away and limits fall back as their policy says.',
      unit: 'short',
      view: 'value',
      queries: [{ expr: 'max(paymesh_ratelimit_fallback_active)', legend: 'fallback' }],
    },
    {
      title: 'Time of the store',
      description: 'Time that a call of the store of counters took.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: quantile(0.5, 'paymesh_ratelimit_store_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'paymesh_ratelimit_store_duration_seconds'), legend: 'p99' },
      ],
    },
    {
      title: 'Time of a call',
      description: 'Time that a call took in the rate limiter, its store included.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: quantile(0.5, 'paymesh_ratelimit_call_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'paymesh_ratelimit_call_duration_seconds'), legend: 'p99' },
      ],
    },
    {
      title: 'Errors of the store',
      description: 'Calls of the store that gave no counts.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('', rate('paymesh_ratelimit_store_errors_total')), legend: 'errors' }],
    },
    {
      title: 'Quotas kept by proxies',
      description: 'Quotas that are divided among proxies, and the proxies that keep them.',
      unit: 'short',
      view: 'lines',
      queries: [
        { expr: 'sum(paymesh_ratelimit_quota_buckets)', legend: 'quotas' },
        { expr: 'sum(paymesh_ratelimit_quota_streams)', legend: 'proxies' },
      ],
    },
  ];
}

function limitRow(limit: string): BoardRow {
  const selector = `limit="${limit}"`;
  return {
    title: `Limit ${limit}`,
    panels: [
      {
        title: `Outcomes of ${limit}`,
        description: 'Decisions on this limit by outcome.',
        unit: 'reqps',
        view: 'lines',
        queries: [
          {
            expr: sumBy('outcome', rate('paymesh_ratelimit_decisions_total', selector)),
            legend: '{{outcome}}',
          },
        ],
      },
      {
        title: `Utilisation of ${limit}`,
        description: 'Share of the limit that callers had used; 1: nothing was left.',
        unit: 'percentunit',
        view: 'lines',
        queries: [
          { expr: quantile(0.5, 'paymesh_ratelimit_used_ratio', selector), legend: 'p50' },
          { expr: quantile(0.99, 'paymesh_ratelimit_used_ratio', selector), legend: 'p99' },
        ],
      },
    ],
  };
}
