/** Series of a promtool test, one sample a minute: selector to values (`0+60x30`: 30 steps of 60). */
export type Series = Readonly<Record<string, string>>;

/** An alert that must fire with some series, and must not with others that look alike. */
export interface AlertCase {
  /** Minutes after which it is looked at. */
  readonly atMinutes: number;
  readonly firing: Series;
  readonly silent: Series;
}

const SERVICE = 'service="pay/payments", proxy="edge"';
const DECISION = 'policy="pay/merchant", decision="deny"';
const ok = `envoy_cluster_upstream_rq_xx{${SERVICE}, envoy_response_code_class="2"}`;
const failed = `envoy_cluster_upstream_rq_xx{${SERVICE}, envoy_response_code_class="5"}`;
const decided = (reason: string): string => `paymesh_authz_decisions_total{${DECISION}, reason="${reason}"}`;
const counted = (outcome: string): string =>
  `paymesh_ratelimit_decisions_total{limit="pay/a/b", outcome="${outcome}"}`;
const used = (le: string): string => `paymesh_ratelimit_used_ratio_bucket{limit="pay/a/b", le="${le}"}`;
const lag = (le: string): string => `paymesh_proxy_config_lag_seconds_bucket{le="${le}"}`;
const paid = (result: string): string => `payment_requests_total{channel="wechat", result="${result}"}`;
const provider = (name: string, type: string): string =>
  `envoy_cluster_upstream_rq_xx{service="psp/psp-${name}", proxy="payments-1", envoy_response_code_class="${type}"}`;
const healthy = (name: string): string =>
  `envoy_cluster_membership_healthy{service="psp/psp-${name}", proxy="payments-1"}`;
const KEY = 'paymesh_key_expiry_timestamp_seconds{keyset="pay/merchants", key_id="a"}';

const CERTIFICATE = 'paymesh_certificate_expiry_timestamp_seconds{component="ext-authz", certificate="';

/** For every alert of the sample mesh. */
export const alertCases: Readonly<Record<string, AlertCase>> = {
  SloBurnPage: {
    atMinutes: 70,
    firing: { [ok]: '0+600x120', [failed]: '0+60x120' },
    // As bad a share, but of ten requests in an hour: the guard.
    silent: { [ok]: '0+0.15x120', [failed]: '0+0.015x120' },
  },
  SloBurnTicket: {
    atMinutes: 1_500,
    firing: { [ok]: '0+6000x1600', [failed]: '0+30x1600' },
    silent: { [ok]: '0+6000x1600', [failed]: '0+3x1600' },
  },
  ControlPlaneDown: {
    atMinutes: 5,
    firing: { 'envoy_control_plane_connected_state{node_group="edge"}': '1 0x10' },
    silent: { 'envoy_control_plane_connected_state{node_group="edge"}': '1 0 1x10' },
  },
  NackPresent: {
    atMinutes: 15,
    // The first NACK ever: the series begins with it.
    firing: { 'paymesh_xds_nack_total{type="route", policy_kind="RetryPolicy"}': '_x12 1x10' },
    silent: { 'paymesh_xds_nack_total{type="route", policy_kind="RetryPolicy"}': '1x30' },
  },
  ConfigRejected: {
    atMinutes: 15,
    firing: { 'paymesh_config_apply_total{result="rejected"}': '_x12 1x10' },
    silent: {
      'paymesh_config_apply_total{result="rejected"}': '1x30',
      'paymesh_config_apply_total{result="applied"}': '0+1x30',
    },
  },
  ConfigLagHigh: {
    atMinutes: 20,
    firing: { [lag('1')]: '0x30', [lag('10')]: '0x30', [lag('30')]: '0+5x30', [lag('+Inf')]: '0+5x30' },
    silent: { [lag('1')]: '0+5x30', [lag('10')]: '0+5x30', [lag('30')]: '0+5x30', [lag('+Inf')]: '0+5x30' },
  },
  ProxiesOutOfDate: {
    atMinutes: 8,
    firing: { paymesh_proxies_out_of_date: '2x10' },
    silent: { paymesh_proxies_out_of_date: '2x3 0x10' },
  },
  CertExpiring: {
    atMinutes: 15,
    firing: { 'envoy_server_days_until_first_cert_expiring{node_group="edge"}': '6x20' },
    // What an Envoy without a certificate says.
    silent: { 'envoy_server_days_until_first_cert_expiring{node_group="edge"}': '4294967295x20' },
  },
  RedisCertExpiring: {
    atMinutes: 15,
    firing: { [`${CERTIFICATE}redis_client"}`]: '518400x20', [`${CERTIFICATE}redis_ca"}`]: '31536000x20' },
    silent: { [`${CERTIFICATE}redis_client"}`]: '691200x20', [`${CERTIFICATE}redis_ca"}`]: '31536000x20' },
  },
  AuthzDown: {
    atMinutes: 5,
    firing: { 'envoy_http_ext_authz_error{node_group="edge"}': '0+10x10' },
    silent: { 'envoy_http_ext_authz_error{node_group="edge"}': '7x10' },
  },
  AuthzFailOpen: {
    atMinutes: 5,
    firing: { 'envoy_http_ext_authz_failure_mode_allowed{node_group="edge"}': '0+1x10' },
    silent: { 'envoy_http_ext_authz_failure_mode_allowed{node_group="edge"}': '0x10' },
  },
  ReplayStoreDown: {
    atMinutes: 8,
    firing: { 'paymesh_replay_store_errors_total{store="redis", error="unavailable"}': '_x6 3x10' },
    silent: { 'paymesh_replay_store_errors_total{store="redis", error="unavailable"}': '3x20' },
  },
  ReplaySpike: {
    atMinutes: 15,
    firing: { [decided('replayed_nonce')]: '0+60x20', [decided('ok')]: '0+600x20' },
    silent: { [decided('replayed_nonce')]: '0+1x20', [decided('ok')]: '0+600x20' },
  },
  SignatureFailureSpike: {
    atMinutes: 15,
    firing: { [decided('bad_signature')]: '0+60x20', [decided('ok')]: '0+600x20' },
    silent: { [decided('bad_signature')]: '0+6x20', [decided('ok')]: '0+600x20' },
  },
  // promtool's clock starts at 0, the Unix epoch.
  KeyExpiring: { atMinutes: 10, firing: { [KEY]: '864000x20' }, silent: { [KEY]: '1728000x20' } },
  KeyExpiringSoon: { atMinutes: 10, firing: { [KEY]: '86400x20' }, silent: { [KEY]: '864000x20' } },
  LimiterDown: {
    atMinutes: 5,
    firing: { 'envoy_cluster_ratelimit_error{node_group="edge"}': '0+10x10' },
    silent: { 'envoy_cluster_ratelimit_error{node_group="edge"}': '7x10' },
  },
  LimiterStoreDown: {
    atMinutes: 5,
    firing: { paymesh_ratelimit_fallback_active: '1x10' },
    silent: { paymesh_ratelimit_fallback_active: '0x10' },
  },
  RateLimitNear: {
    atMinutes: 40,
    firing: {
      [used('0.5')]: '0x60',
      [used('0.8')]: '0x60',
      [used('1')]: '0+60x60',
      [used('+Inf')]: '0+60x60',
    },
    silent: {
      [used('0.5')]: '0+60x60',
      [used('0.8')]: '0+60x60',
      [used('1')]: '0+60x60',
      [used('+Inf')]: '0+60x60',
    },
  },
  RateLimitOverSustained: {
    atMinutes: 25,
    firing: { [counted('over')]: '0+60x40', [counted('within')]: '0+300x40' },
    silent: { [counted('over')]: '0+6x40', [counted('within')]: '0+300x40' },
  },
  RetryStorm: {
    atMinutes: 15,
    firing: {
      [`envoy_cluster_upstream_rq_retry{${SERVICE}}`]: '0+300x20',
      [`envoy_cluster_upstream_rq_total{${SERVICE}}`]: '0+900x20',
    },
    silent: {
      [`envoy_cluster_upstream_rq_retry{${SERVICE}}`]: '0+60x20',
      [`envoy_cluster_upstream_rq_total{${SERVICE}}`]: '0+900x20',
    },
  },
  RetryBudgetExhausted: {
    atMinutes: 15,
    firing: { [`envoy_cluster_upstream_rq_retry_overflow{${SERVICE}}`]: '0+60x20' },
    silent: { [`envoy_cluster_upstream_rq_retry_overflow{${SERVICE}}`]: '0+1x20' },
  },
  BreakerOpen: {
    atMinutes: 5,
    firing: { [`envoy_cluster_circuit_breakers_high_rq_open{${SERVICE}}`]: '1x10' },
    // Retries have their own alert.
    silent: { [`envoy_cluster_circuit_breakers_default_rq_retry_open{${SERVICE}}`]: '1x10' },
  },
  InstancesUnhealthy: {
    atMinutes: 10,
    firing: {
      [`envoy_cluster_membership_total{${SERVICE}}`]: '3x20',
      [`envoy_cluster_membership_healthy{${SERVICE}}`]: '2x20',
    },
    silent: {
      [`envoy_cluster_membership_total{${SERVICE}}`]: '3x20',
      [`envoy_cluster_membership_healthy{${SERVICE}}`]: '3x20',
    },
  },
  NoHealthyInstance: {
    atMinutes: 5,
    firing: { [`envoy_cluster_membership_healthy{${SERVICE}}`]: '0x10' },
    silent: { [`envoy_cluster_membership_healthy{${SERVICE}}`]: '1x10' },
  },
  FailoverActive: {
    atMinutes: 20,
    firing: { [healthy('wechat')]: '0x30', [healthy('alipay')]: '1x30' },
    silent: { [healthy('wechat')]: '1x30', [healthy('alipay')]: '0x30' },
  },
  AllPspDegraded: {
    atMinutes: 10,
    firing: {
      [provider('wechat', '2')]: '0+60x20',
      [provider('wechat', '5')]: '0+60x20',
      [provider('alipay', '2')]: '0+60x20',
      [provider('alipay', '5')]: '0+60x20',
    },
    silent: {
      [provider('wechat', '2')]: '0+60x20',
      [provider('wechat', '5')]: '0+60x20',
      [provider('alipay', '2')]: '0+60x20',
      [provider('alipay', '5')]: '0+0x20',
    },
  },
  LedgerImbalance: {
    atMinutes: 2,
    firing: { payment_ledger_imbalance_minor: '-1x10' },
    silent: { payment_ledger_imbalance_minor: '0x10' },
  },
  OutboxLag: {
    atMinutes: 8,
    firing: { payment_outbox_lag_seconds: '0+60x20' },
    silent: { payment_outbox_lag_seconds: '30x20' },
  },
  PaymentsFailing: {
    atMinutes: 15,
    firing: { [paid('succeeded')]: '0+60x20', [paid('failed')]: '0+60x20' },
    // Replays of a key are no failures.
    silent: { [paid('succeeded')]: '0+60x20', [paid('replayed')]: '0+60x20' },
  },
  WebhookBacklog: {
    atMinutes: 8,
    firing: { psp_sim_notifications_under_way: '150x20' },
    silent: { psp_sim_notifications_under_way: '5x20' },
  },
};
