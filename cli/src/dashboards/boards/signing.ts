import type { MeshFacts } from '../facts.ts';
import type { Board, Panel } from '../model.ts';
import { quantile, rate, sumBy } from '../promql.ts';

const DECISIONS = 'paymesh_authz_decisions_total';

/** Signatures that fail, requests that come twice, keys that end. */
export function signingBoard({ signing }: MeshFacts): Board {
  return {
    name: 'signing',
    title: 'Paymesh / Signing and keys',
    description: 'Signatures by policy and reason, replays, and how long keys last.',
    rows: [
      { title: 'Replay protection', panels: replayPanels() },
      { title: 'Keys', panels: keyPanels() },
      { title: 'Signing policies', panels: signing.map(policyPanel) },
    ],
  };
}

function replayPanels(): readonly Panel[] {
  return [
    {
      title: 'Replays',
      description: 'Requests refused because their nonce was used before.',
      unit: 'reqps',
      view: 'lines',
      queries: [{ expr: sumBy('policy', rate(DECISIONS, 'reason="replayed_nonce"')), legend: '{{policy}}' }],
    },
    {
      title: 'Remembered nonces',
      description: 'Nonces in the embedded store; grows with traffic, and shrinks as they expire.',
      unit: 'short',
      view: 'lines',
      queries: [{ expr: 'sum(paymesh_authz_nonces)', legend: 'nonces' }],
    },
    {
      title: 'Time to claim a nonce',
      description: 'Time that the store of nonces took.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: quantile(0.5, 'paymesh_replay_store_duration_seconds'), legend: 'p50' },
        { expr: quantile(0.99, 'paymesh_replay_store_duration_seconds'), legend: 'p99' },
      ],
    },
    {
      title: 'Claims the store could not decide',
      description: 'Each is answered as the policy says for a store that is down: refused by default.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('store, error', rate('paymesh_replay_store_errors_total')),
          legend: '{{store}} {{error}}',
        },
      ],
    },
  ];
}

function keyPanels(): readonly Panel[] {
  return [
    {
      title: 'Keys end in',
      description: 'Time until a key is not taken any more; keys without an end are not here.',
      unit: 's',
      view: 'lines',
      queries: [
        {
          expr: 'min by (keyset, key_id) (paymesh_key_expiry_timestamp_seconds - time())',
          legend: '{{keyset}} {{key_id}}',
        },
      ],
    },
    {
      title: 'Fetched keys are good for',
      description: 'Time until keys from elsewhere expire unless they are fetched again.',
      unit: 's',
      view: 'lines',
      queries: [
        { expr: 'min by (source) (paymesh_authz_keys_good_until_seconds - time())', legend: '{{source}}' },
      ],
    },
    {
      title: 'Fetches of keys',
      description: 'Answers of remote sources of keys; failed ones leave the last keys in force for a while.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('source, result', rate('paymesh_authz_key_fetches_total')),
          legend: '{{source}} {{result}}',
        },
      ],
    },
    {
      title: 'Scheme on trial',
      description: 'What the scheme on trial beside the enforced one would have said.',
      unit: 'reqps',
      view: 'lines',
      queries: [
        {
          expr: sumBy('policy, scheme, reason', rate('paymesh_authz_candidate_total')),
          legend: '{{policy}} {{scheme}} {{reason}}',
        },
      ],
    },
  ];
}

function policyPanel(policy: string): Panel {
  const selector = `policy="${policy}"`;
  return {
    title: `Refused share of ${policy}`,
    description: 'Share of requests under this policy that were refused, by reason.',
    unit: 'percentunit',
    view: 'lines',
    queries: [
      {
        expr: `${sumBy('reason', rate(DECISIONS, `${selector}, decision!="allow"`))} / ignoring (reason) group_left () (${sumBy('', rate(DECISIONS, selector))} > 0)`,
        legend: '{{reason}}',
      },
    ],
  };
}
