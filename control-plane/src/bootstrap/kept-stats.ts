/**
 * The stats that a proxy keeps unless it is told to keep all, as matchers of their names before tags are taken out
 * (StatsMatcher of config.metrics.v3). Of what an Envoy of a small mesh has these are a fifth:
 * what boards, alerts and `paymesh` read, and what tells whether a proxy is well. The others are neither counted nor
 * scraped. A test of the boards against a live mesh fails when one of theirs is missing here.
 */
export const KEPT_STATS: readonly object[] = [
  ...['cluster_manager.', 'control_plane.', 'listener_manager.', 'server.', 'tracing.opentelemetry.'].map(
    (prefix) => ({ prefix }),
  ),
  // What a filter decided: of the listener, and of ratelimit by the cluster that was asked for.
  ...['.ext_authz.', '.jwt_authn.', '.local_rate_limit.', '.ratelimit.', '.rbac.'].map((contains) => ({
    contains,
  })),
  // By code, class and time, of a cluster, of a route and of a listener; not those of each zone or of internal callers once more.
  ...[
    'cluster\\.[^.]+\\.upstream_rq_(\\dxx|time)',
    'vhost\\..+\\.upstream_rq_(\\d..|time)',
    'http\\..+\\.downstream_rq_\\dxx',
    'cluster\\..+\\.circuit_breakers\\..+\\.(cx|rq|rq_pending|rq_retry)_open',
  ].map((regex) => ({ safe_regex: { regex } })),
  ...[
    // Requests and their tries, of a cluster or a route.
    'upstream_rq_active',
    'upstream_rq_pending_active',
    'upstream_rq_pending_overflow',
    'upstream_rq_retry',
    'upstream_rq_retry_overflow',
    'upstream_rq_retry_success',
    'upstream_rq_timeout',
    'upstream_rq_total',
    // Endpoints of a cluster and the way to them.
    'circuit_breakers.default.remaining_rq',
    'lb_healthy_panic',
    'membership_healthy',
    'membership_total',
    'outlier_detection.ejections_active',
    'outlier_detection.ejections_enforced_total',
    'outlier_detection.ejections_overflow',
    'upstream_cx_active',
    'upstream_cx_connect_fail',
    'upstream_cx_total',
    // Who comes in.
    'downstream_cx_active',
    'downstream_cx_overflow',
    'downstream_cx_total',
    'downstream_rq_active',
    'downstream_rq_total',
    'ssl.connection_error',
    'ssl.fail_verify_error',
    'ssl.fail_verify_no_cert',
    'ssl.fail_verify_san',
  ].map((name) => ({ suffix: `.${name}` })),
];
