/** One value that holds for a route. */
export interface EffectiveRow {
  /** `timeout.request`, `access pay/refunds: clerks (Allow)`. */
  readonly setting: string;
  readonly value: string;
  /** Who enforces it, in the order in which a request meets them: `envoy: rbac`, `ext-authz`. Empty: nobody. */
  readonly enforcedBy: readonly string[];
  /** `file:line:column`, or `built-in`. */
  readonly from: string;
}

/** All that holds for one Route. */
export interface EffectiveRoute {
  /** `namespace/name`. */
  readonly route: string;
  readonly match: readonly string[];
  /** Where it is enforced who may call: `gateway edge`, or `inbound of pay/payments`. */
  readonly enforcedAt: string;
  readonly rows: readonly EffectiveRow[];
}
