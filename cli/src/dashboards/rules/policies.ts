import type { RuleFile } from './model.ts';
import { risen } from './risen.ts';

const DECISIONS = 'paymesh_authz_decisions_total';
const FORGED = `${DECISIONS}{reason=~"bad_signature|missing_signature|unknown_key|digest_mismatch"}`;

/** ext-authz, the rate limiter, and keys. */
export const policyRules: RuleFile = {
  name: 'policies',
  rules: [
    {
      name: 'AuthzDown',
      severity: 'page',
      expr: risen('envoy_http_ext_authz_error', '2m', 'node_group'),
      for: '1m',
      summary: 'Proxies of {{ $labels.node_group }} get no answer of ext-authz',
      description: 'Guarded requests are refused, as long as policies deny without an answer.',
    },
    {
      name: 'AuthzFailOpen',
      severity: 'page',
      expr: risen('envoy_http_ext_authz_failure_mode_allowed', '5m', 'node_group'),
      summary: 'Proxies of {{ $labels.node_group }} let requests pass unchecked',
      description:
        'ext-authz gave no answer, and requests went on. Paymesh never configures that: somebody else did.',
    },
    {
      name: 'ReplayStoreDown',
      severity: 'page',
      expr: risen('paymesh_replay_store_errors_total', '5m', 'store, error'),
      summary: 'The store of nonces ({{ $labels.store }}) cannot decide: {{ $labels.error }}',
      description: 'Signed requests are refused, or decided by each replica alone, as their policy says.',
    },
    {
      name: 'ReplaySpike',
      severity: 'ticket',
      expr: `sum by (policy) (rate(${DECISIONS}{reason="replayed_nonce"}[5m])) > 0.1`,
      for: '5m',
      summary: 'Requests under {{ $labels.policy }} come twice',
      description:
        '{{ $value | humanize }} requests a second carry a used nonce: a client that resends, or an attack.',
    },
    {
      name: 'SignatureFailureSpike',
      severity: 'page',
      expr: `sum by (policy) (rate(${FORGED}[5m])) / (sum by (policy) (rate(${DECISIONS}[5m])) > 0.1) > 0.05`,
      for: '5m',
      summary: '{{ $value | humanizePercentage }} of signatures under {{ $labels.policy }} fail',
      description: 'A client signs with the wrong key or text, or somebody forges requests.',
    },
    {
      name: 'KeyExpiring',
      severity: 'ticket',
      expr: 'min by (keyset, key_id) (paymesh_key_expiry_timestamp_seconds - time()) < 14 * 86400',
      for: '5m',
      summary: 'Key {{ $labels.key_id }} of {{ $labels.keyset }} ends in {{ $value | humanizeDuration }}',
      description: 'After that its signatures are refused. Its owner must sign with another key by then.',
    },
    {
      name: 'KeyExpiringSoon',
      severity: 'page',
      expr: 'min by (keyset, key_id) (paymesh_key_expiry_timestamp_seconds - time()) < 2 * 86400',
      for: '5m',
      summary: 'Key {{ $labels.key_id }} of {{ $labels.keyset }} ends in {{ $value | humanizeDuration }}',
      description: 'Within two days its signatures are refused.',
    },
    {
      name: 'LimiterDown',
      severity: 'ticket',
      expr: risen('envoy_cluster_ratelimit_error', '2m', 'node_group'),
      for: '1m',
      summary: 'Proxies of {{ $labels.node_group }} get no answer of the rate limiter',
      description: 'Requests pass uncounted until it is back.',
    },
    {
      name: 'LimiterStoreDown',
      severity: 'ticket',
      expr: 'max(paymesh_ratelimit_fallback_active) > 0',
      for: '1m',
      summary: 'The rate limiter counts without its store',
      description: 'Limits hold as their policies say for this case: each replica alone, open or closed.',
    },
    {
      name: 'RateLimitNear',
      severity: 'ticket',
      expr: 'histogram_quantile(0.99, sum by (le, limit) (rate(paymesh_ratelimit_used_ratio_bucket[15m]))) > 0.8',
      for: '15m',
      summary: 'Callers use more than 80 % of {{ $labels.limit }}',
      description: 'A caller is about to be refused. Its limit may be too low, or it sends too much.',
    },
    {
      name: 'RateLimitOverSustained',
      severity: 'ticket',
      expr: 'sum by (limit) (rate(paymesh_ratelimit_decisions_total{outcome="over"}[5m])) / (sum by (limit) (rate(paymesh_ratelimit_decisions_total[5m])) > 0.1) > 0.1',
      for: '10m',
      summary: '{{ $value | humanizePercentage }} of requests under {{ $labels.limit }} are refused',
      description: 'A caller has been over its limit for 10 minutes.',
    },
  ],
};
