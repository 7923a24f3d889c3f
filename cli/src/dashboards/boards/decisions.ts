import type { MeshFacts } from '../facts.ts';
import type { Board, Panel } from '../model.ts';
import { quantile, rate, sumBy } from '../promql.ts';

const DECISIONS = 'paymesh_authz_decisions_total';

/** What policies decide: by kind, reason, route; enforced and on trial. */
export function decisionsBoard({ signing, access, routes }: MeshFacts): Board {
  const judged = [...signing, ...access];
  return {
    name: 'decisions',
    title: 'Paymesh / Policy decisions',
    description: 'What ext-authz and the Envoys allow and refuse, and why.',
    rows: [
      { title: 'Decisions', panels: decisionPanels() },
      { title: 'Policies', panels: judged.map(policyPanel) },
      {
        title: 'Routes that clients use',
        panels: routes.filter(({ isExposed }) => isExposed).map(({ id }) => routePanel(id)),
      },
    ],
  };
}

function decisionPanels(): readonly Panel[] {
  return [
    {
      title: 'Decisions',
      description: 'Checks that ext-authz answered, by decision.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('decision', rate(DECISIONS)), legend: '{{decision}}' }],
    },
    {
      title: 'Denials by reason',
      description: 'Why requests were refused.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('reason', rate(DECISIONS, 'decision="deny"')), legend: '{{reason}}' }],
    },
    {
      title: 'Would be denied (shadow)',
      description: 'Requests that a policy in shadow mode let pass; look here before it is enforced.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('policy, reason', rate('paymesh_authz_shadow_total')),
          legend: '{{policy}} {{reason}}',
        },
      ],
    },
    {
      title: 'Time of a decision',
      description: 'Time that ext-authz took from a read check to its decision.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: quantile(0.5, 'paymesh_authz_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'paymesh_authz_duration_seconds'), legend: 'p99' },
      ],
    },
    {
      title: 'Checks as Envoys see them',
      description: 'Answers to the Envoys; errors are checks without an answer, which deny.',
      unit: 'reqps',
      view: 'lines',
      queries: ['ok', 'denied', 'error'].map((answer) => ({
        expr: sumBy('', rate(`envoy_http_ext_authz_${answer}`)),
        legend: answer,
      })),
    },
    {
      title: 'Refused by Envoys alone',
      description: 'Requests that an AccessPolicy refused in the proxy, without a call to ext-authz.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('node_group', rate('envoy_http_rbac_denied')), legend: '{{node_group}}' }],
    },
    {
      title: 'Documents in force',
      description: 'Documents by kind, mode and status; rejected: a proxy refuses what came of it.',
      unit: 'short',
      view: 'lines',
      queries: [
        { expr: 'sum by (kind, mode, status) (paymesh_policies)', legend: '{{kind}} {{mode}} {{status}}' },
      ],
    },
  ];
}

function policyPanel(policy: string): Panel {
  return {
    title: `Decisions of ${policy}`,
    description: `What ${policy} decided, by reason.`,
    unit: 'reqps',
    view: 'lines',
    queries: [
      {
        expr: sumBy('decision, reason', rate(DECISIONS, `policy="${policy}"`)),
        legend: '{{decision}} {{reason}}',
      },
    ],
  };
}

function routePanel(route: string): Panel {
  return {
    title: `Decisions on ${route}`,
    description: 'What was decided on the requests of this route.',
    unit: 'reqps',
    view: 'lines',
    queries: [{ expr: sumBy('decision', rate(DECISIONS, `route="${route}"`)), legend: '{{decision}}' }],
  };
}
